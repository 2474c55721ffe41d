/** Why a port could not be listened on, and what to do. */
import { UsageError } from './failure.ts';

/** The error in words where it is one of listening; else as it is. */
export function listenFault(error: unknown, host: string, asked: number): unknown {
  // Of several ports the one that it is about.
  const { port = asked } = (error ?? {}) as { readonly port?: number };
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case 'EADDRINUSE':
      return new UsageError(
        `port ${port} on ${host} is in use: stop what runs there, or choose another, as --port ${port + 1}`,
      );
    case 'EACCES':
      return new UsageError(`port ${port} needs more rights than this user has: choose one above 1023, as --port 8080`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new UsageError(`--host ${host} is no address of this machine: 127.0.0.1 is, and 0.0.0.0 stands for all`);
    default:
      return error;
  }
}
