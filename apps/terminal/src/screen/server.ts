/** Serves the screen to this machine: the page, a socket that shows what is, and `/state` for whoever asks once. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, upgradeWebSocket, type WebSocketServerLike } from '@hono/node-server';
import { Hono } from 'hono';
import { WebSocketServer } from 'ws';
import type { Log } from '../log.ts';
import { type Command, parseCommand } from './command.ts';
import { ownPageOnly } from './door.ts';
import { pageRoutes } from './page.ts';
import type { Screen } from './screen.ts';

/** The page takes a terminal for dead when it hears nothing for three of these. */
const BEAT_MS = 400;
const COMMAND_BYTES_MAX = 4_096;

export interface ScreenServerOptions {
  readonly screen: Screen;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly onCommand: (command: Command) => void;
  readonly log: Log;
}

export interface ScreenServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** @throws system errors of listening: `EADDRINUSE`, `EACCES` */
export async function serveScreen(options: ScreenServerOptions): Promise<ScreenServer> {
  const { host } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: COMMAND_BYTES_MAX });
  const app = routesOf(options, () => (server.address() as AddressInfo).port);
  // The same interface; only its types do not know exactOptionalPropertyTypes.
  const websocket = { server: sockets as WebSocketServerLike };
  const server = createAdaptorServer({ fetch: app.fetch, websocket }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host === '::1' ? '[::1]' : host}:${port}`,
    stop: async () => {
      // A page that is cut off says out of service by itself: there is nothing to wait for.
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function routesOf({ screen, onCommand, log }: ScreenServerOptions, port: () => number): Hono {
  const app = new Hono();
  app.use(ownPageOnly(port));
  app.use(async (c, next) => {
    await next();
    // The answer to an upgrade is not ours to write.
    if (c.req.path === '/screen') return;
    c.header('x-content-type-options', 'nosniff');
    c.header('cross-origin-resource-policy', 'same-origin');
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  });
  app.get('/state', (c) => c.json(screen.state));
  app.get(
    '/screen',
    upgradeWebSocket(() => {
      let end = (): void => {};
      return {
        onOpen: (_event, socket) => {
          const beat = setInterval(() => socket.send('{}'), BEAT_MS);
          const unwatch = screen.watch((state) => socket.send(JSON.stringify({ state })));
          end = () => {
            clearInterval(beat);
            unwatch();
          };
        },
        onMessage: ({ data }) => {
          const command = typeof data === 'string' ? parseCommand(data) : null;
          if (command) onCommand(command);
          else log('warn', 'command-unknown');
        },
        onClose: () => end(),
        onError: () => end(),
      };
    }),
  );
  app.route('/', pageRoutes());
  app.notFound((c) => c.text('There is nothing here.', 404));
  return app;
}
