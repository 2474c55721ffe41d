/** `GET /batches/socket`: opens a socket over which a terminal sends batches (docs/protocol.md). */
import { UPLOAD_SOCKET_PROTOCOL } from '@retap/protocol';
import type { Context } from 'hono';
import { refuse, unavailable } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { UPLOAD_SOCKET_PATH } from '../listening/sockets.ts';
import { upgraded } from '../listening/upgrade.ts';
import type { UploadSockets } from './sockets.ts';

export interface UploadSocketRouteOptions {
  readonly sockets: UploadSockets;
  readonly clientOf: (c: Context) => string;
}

export function addUploadSocketRoute(api: Api, { sockets, clientOf }: UploadSocketRouteOptions): void {
  api.add(
    {
      method: 'get',
      path: UPLOAD_SOCKET_PATH,
      operationId: 'openBatchSocket',
      summary: 'A web socket over which one terminal sends batches, several at a time',
      tag: 'uploads',
      access: 'terminal',
      answers: {
        101: { description: `The socket is open, its protocol ${UPLOAD_SOCKET_PROTOCOL}` },
        400: { description: 'No web socket of that protocol was asked for' },
        403: { description: 'A page of a browser asked' },
        503: { description: 'There are too many; send by `POST /batches`, or come again later' },
      },
    },
    async ({ c }) => {
      // Every browser names where its page is from. No page sends batches, whosoever it is.
      if (c.req.header('origin') !== undefined) {
        return refuse(c, 403, 'origin-not-allowed', 'this is for terminals, and not for pages of a browser');
      }
      const protocols = (c.req.header('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
      const isUpgrade = c.req.header('upgrade')?.toLowerCase() === 'websocket';
      if (!isUpgrade || !protocols.includes(UPLOAD_SOCKET_PROTOCOL)) {
        return refuse(c, 400, 'socket-expected', `open a web socket, its protocol ${UPLOAD_SOCKET_PROTOCOL}`);
      }
      if (!sockets.admits()) return unavailable(c, 'sockets-full', 'too many sockets are open; send by POST /batches');
      return upgraded(c, (socket, transport) => sockets.open(socket, transport, clientOf(c)));
    },
  );
}
