/** A broken connection, which the driver tells in three ways, told in one: as a fault of the world, never as our mistake. */
import { CentralError } from '../error.ts';

/** What the driver says by itself, without a code. */
const DRIVER =
  /^(Connection terminated|Client (has encountered a connection error|was closed)|timeout exceeded when tr)/;
/** SQLSTATE of a server that goes, has crashed or is not up yet, and of connection faults in general. */
const SERVER = /^(57P0[123]|08...)$/;
/** Of the operating system. Untranslated, EPIPE would pass for a reader of our own output that has gone. */
const SYSTEM = /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|E(HOST|NET)(UNREACH|DOWN)|ENOTFOUND|EAI_AGAIN)$/;

/** Runs a question to the database. @throws CentralError `database-unreachable` where the connection breaks meanwhile */
export async function connected<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isBroken(error)) throw error;
    const message = `the connection to the database broke: ${(error as Error).message}; try again when it is back`;
    throw new CentralError('database-unreachable', message, { cause: error });
  }
}

function isBroken(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof CentralError) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  // A Unix socket whose server has gone is a file that is missing: ENOENT.
  if (code !== undefined) return SERVER.test(code) || SYSTEM.test(code) || syscall === 'connect';
  return DRIVER.test(error.message);
}
