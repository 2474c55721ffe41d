/** A broken connection, which the driver tells in three ways, told in one: as a fault of the world, never as our mistake. */
import { CentralError } from '../error.ts';

/** What the driver says by itself, without a code. */
const DRIVER =
  /^(Connection terminated|Client (has encountered a connection error|was closed)|timeout exceeded when tr)/;
/** SQLSTATE of a server that goes, has crashed, is not up yet, is full, or has ended a session that stood still; of connection faults in general. */
const SERVER = /^(57P0[123]|08...|25P03|53300)$/;
/** Of the operating system. Untranslated, EPIPE would pass for a reader of our own output that has gone. */
const SYSTEM = /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|E(HOST|NET)(UNREACH|DOWN)|ENOTFOUND|EAI_AGAIN)$/;

/** SQLSTATE of a statement that took too long, and of one that waited too long for a lock. */
const SLOW = /^(57014|55P03)$/;
/** What the driver says where the server does not answer at all. */
const SILENT = 'Query read timeout';

/**
 * Runs a question to the database.
 * @throws CentralError `database-unreachable` where the connection breaks meanwhile, `database-slow` where the answer does not come in time
 */
export async function connected<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isSlow(error)) {
      const message = `the database did not answer in time: ${(error as Error).message}; try again later`;
      throw new CentralError('database-slow', message, { cause: error });
    }
    if (!isBroken(error)) throw error;
    const message = `the connection to the database broke: ${(error as Error).message}; try again when it is back`;
    throw new CentralError('database-unreachable', message, { cause: error });
  }
}

function isSlow(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return error instanceof Error && (SLOW.test(code ?? '') || message === SILENT);
}

/** Whether the server left a question without an answer, so that the connection is of no use any more. */
export function isSilent(error: unknown): boolean {
  return error instanceof CentralError && (error.cause as Error | undefined)?.message === SILENT;
}

function isBroken(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof CentralError) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  // A Unix socket whose server has gone is a file that is missing: ENOENT.
  if (code !== undefined) return SERVER.test(code) || SYSTEM.test(code) || syscall === 'connect';
  return DRIVER.test(error.message);
}
