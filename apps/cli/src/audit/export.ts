/** `retap audit export`: the log as a file for an outsider. */
import { openCentral } from '@retap/central';
import { type DatabaseOption, existingDatabase } from '../database.ts';
import { UsageError } from '../failure.ts';
import { openOutput } from '../output.ts';
import { type Shell, stopIfInterrupted } from '../shell.ts';
import { userName } from '../terminals/registry.ts';

export interface ExportOptions extends DatabaseOption {
  readonly from: number;
  readonly output?: string;
}

export async function exportLog(options: ExportOptions, shell: Shell): Promise<void> {
  const output = await openOutput(options.output, shell);
  const central = await openCentral({ database: existingDatabase(options, shell), now: shell.now });
  const { audit } = central;
  try {
    const size = (await audit.entries({ limit: 1 }))[0]?.id ?? 0;
    if (options.from > size) throw new UsageError(`--from: the log has ${size} entries`);
    const entry = { who: userName(), what: 'audit.exported', object: 'audit log', outcome: 'done' } as const;
    await audit.append({ ...entry, detail: { from: options.from } });
    for await (const line of audit.lines(options.from)) {
      stopIfInterrupted(shell);
      await output.write(line);
    }
    await output.finish();
  } finally {
    await output.discard();
    await central.close();
  }
}
