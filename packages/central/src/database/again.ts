/** SQL transactions that the database gave up although nothing is wrong with them. */

const ATTEMPTS = 5;
/**
 * `deadlock_detected`: it waited for another one, which waited for it. `serialization_failure`: what it read is not so any
 * more. In both nothing of it was kept, and the other one has gone on.
 */
const GIVEN_UP = new Set(['40P01', '40001']);

/**
 * Does the work again where the database gave it up; the work must be the same however often it is done.
 * @throws what the work throws: the last deadlock, where each attempt met one
 */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      if (attempt === ATTEMPTS || typeof code !== 'string' || !GIVEN_UP.has(code)) throw error;
    }
  }
}
