/** All sockets over which terminals send batches. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { SOCKET_LIMITS, type SocketLimits, type SocketOptions, UploadSocket } from './socket.ts';

export class UploadSockets {
  readonly #options: SocketOptions;
  readonly #open = new Set<UploadSocket>();
  #looking: NodeJS.Timeout | null = null;
  #isStopping = false;

  constructor(options: Omit<SocketOptions, 'limits'> & { readonly limits?: Partial<SocketLimits> }) {
    this.#options = { ...options, limits: { ...SOCKET_LIMITS, ...options.limits } };
  }

  get count(): number {
    return this.#open.size;
  }

  /** Whether one more may be opened. Who has brought nothing yet goes for it, the longest here first. */
  admits(): boolean {
    if (this.#isStopping) return false;
    if (this.#open.size < this.#options.limits.socketsMax) return true;
    const stranger = [...this.#open].find(({ isKnown }) => !isKnown);
    if (stranger === undefined) return false;
    this.#open.delete(stranger);
    stranger.close('later', 'there are too many');
    return true;
  }

  open(socket: WebSocket, transport: Duplex, client: string): void {
    const opened = new UploadSocket(socket, transport, client, this.#options);
    this.#open.add(opened);
    this.#looking ??= setInterval(() => this.#look(), this.#options.limits.lookMs).unref();
    socket.once('close', () => {
      this.#open.delete(opened);
      if (this.#open.size > 0 || this.#looking === null) return;
      clearInterval(this.#looking);
      this.#looking = null;
    });
    if (this.#isStopping) opened.close('leaving', 'the centre is stopping');
  }

  /** Answers what was read, and closes all. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#open].map((socket) => socket.stop(graceMs)));
  }

  #look(): void {
    for (const socket of this.#open) socket.look();
  }
}
