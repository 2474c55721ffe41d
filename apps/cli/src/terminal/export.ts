/** `retap terminal export`: what waits for the centre, as a file that is carried there by hand. */
import { JournalError } from '@retap/terminal';
import { waitingIn } from '@retap/terminal-service';
import { openOutput } from '../output.ts';
import type { Shell } from '../shell.ts';
import { formatCounted } from '../text.ts';
import { enrolledOf, secretsOf, type TerminalOptions, withConfiguration } from './options.ts';

export interface ExportOptions extends TerminalOptions {
  readonly output: string;
}

/** A terminal that uploads meanwhile removes what is read; the next attempt finds less. */
const ATTEMPTS = 5;

export function exportWaiting(options: ExportOptions, shell: Shell): Promise<void> {
  return withConfiguration(options, async (configuration) => {
    const { identity } = enrolledOf(configuration, options);
    const secrets = await secretsOf(configuration, options, shell);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await written(() => waitingIn(configuration, identity, secrets), options, shell);
      } catch (error) {
        const isMeanwhileRemoved = error instanceof JournalError && error.code === 'journal-failed';
        if (!isMeanwhileRemoved || attempt === ATTEMPTS) throw error;
      }
    }
  });
}

async function written(
  waiting: () => ReturnType<typeof waitingIn>,
  options: ExportOptions,
  shell: Shell,
): Promise<void> {
  const output = await openOutput(options.output, shell);
  try {
    let [batches, records] = [0, 0];
    for await (const { from, to, bytes } of waiting()) {
      await output.write(bytes);
      batches += 1;
      records += to - from + 1;
    }
    await output.finish();
    const what = `${formatCounted(records, 'record')} in ${formatCounted(batches, 'signed batch', 'signed batches')}`;
    // Standard output may be the file.
    shell.stderr.write(`${options.output}: ${records === 0 ? 'nothing waits for the centre' : what}\n`);
  } finally {
    await output.discard();
  }
}
