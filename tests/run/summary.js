/**
 * What a step came to. A check without tests (a compiler, a linter) has only `failed`, 0 or 1.
 * @typedef {{passed: number, failed: number, skipped: number, message?: string}} Outcome
 * @typedef {{name: string, seconds: number, outcome: Outcome}} Row
 */

/** @type {Outcome} */
export const HELD = { passed: 0, failed: 0, skipped: 0 };

/** @param {string} message why @returns {Outcome} */
export function failure(message) {
  return { passed: 0, failed: 1, skipped: 0, message };
}

/**
 * @param {string} name
 * @param {() => Promise<Outcome>} step
 * @returns {Promise<Row>}
 */
export async function timed(name, step) {
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 100 - name.length))}`);
  const start = performance.now();
  const outcome = await step();
  if (outcome.message) console.error(outcome.message);
  return { name, seconds: (performance.now() - start) / 1000, outcome };
}

/** Prints the table, then the one line that says it all. @param {readonly Row[]} rows @returns {number} exit status */
export function printSummary(rows) {
  console.log(`\n${'step'.padEnd(12)}${'seconds'.padStart(8)}${'passed'.padStart(8)}${'failed'.padStart(8)}`);
  for (const { name, seconds, outcome } of rows) {
    const passed = outcome.passed > 0 ? String(outcome.passed) : outcome.failed > 0 ? '' : '✓';
    const failed = outcome.failed > 0 ? String(outcome.failed) : '';
    console.log(`${name.padEnd(12)}${seconds.toFixed(1).padStart(8)}${passed.padStart(8)}${failed.padStart(8)}`);
  }
  for (const { name, outcome } of rows) {
    if (outcome.message) console.log(`${name}: ${outcome.message.split('\n')[0]}`);
  }
  const total = (/** @type {'passed' | 'failed' | 'skipped'} */ key) =>
    rows.reduce((sum, { outcome }) => sum + outcome[key], 0);
  const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
  console.log(`\n${total('passed')} passed, ${total('failed')} failed${skipped}`);
  return total('failed') > 0 ? 1 : 0;
}
