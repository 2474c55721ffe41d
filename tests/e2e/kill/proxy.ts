/** A network between the centres and PostgreSQL that cuts connections: in the middle of a message, without a word. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';

export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  cuts = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param url of a database by its Unix socket, as the testkit gives it */
  static async before(url: string): Promise<{ readonly proxy: CuttingProxy; readonly url: string }> {
    const { hostname, pathname } = new URL(url);
    const socketPath = path.join(decodeURIComponent(hostname), '.s.PGSQL.5432');
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on('connection', (near) => proxy.#join(near, connect(socketPath)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { proxy, url: `postgresql://postgres@127.0.0.1:${port}${pathname}` };
  }

  #join(near: Socket, far: Socket): void {
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }

  /** All that are open, at once. */
  cut(): void {
    if (this.#sockets.size > 0) this.cuts += 1;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
