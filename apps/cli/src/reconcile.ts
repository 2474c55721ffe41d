/** `retap reconcile`: journals in, state out, as docs/spec/reconciliation.md says under "The report". */
import { type Central, openCentral } from '@retap/central';
import type { Amount, Configuration } from '@retap/model';
import type { Command } from 'commander';
import { type DatabaseOption, databaseNamed, databaseOption } from './database.ts';
import { asOfOption, clockToleranceOption, formatOption, maxDelayOption, minimumBalanceOption } from './options.ts';
import { openOutput, writeAll } from './output.ts';
import { feedJournals, type RejectedLine } from './reconcile/feed.ts';
import { checkJournals } from './reconcile/journals.ts';
import { jsonReport } from './reconcile/report-json.ts';
import { textReport } from './reconcile/report-text.ts';
import { type ExitStatus, type Shell, stopIfInterrupted } from './shell.ts';

interface ReconcileOptions extends DatabaseOption {
  readonly asOf?: number;
  readonly maxDelay: number;
  readonly clockTolerance?: number;
  readonly minimumBalance: Amount;
  readonly format: 'text' | 'json';
  readonly output?: string;
}

export function addReconcile(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  program
    .command('reconcile')
    .description('read journals and print the state (status 0: all lines read, 1: cannot, 2: some lines rejected)')
    .argument('[FILE...]', 'journals, plain or gzip; - or none: standard input')
    .addOption(asOfOption())
    .addOption(maxDelayOption())
    .addOption(clockToleranceOption())
    .addOption(minimumBalanceOption())
    .addOption(databaseOption('an empty one for this run'))
    .addOption(formatOption())
    .option('--output <FILE>', 'write the report there, whole or not at all; default: standard output')
    .action(async (files: string[], options: ReconcileOptions) => end(await reconcile(files, options, shell)));
}

async function reconcile(files: readonly string[], options: ReconcileOptions, shell: Shell): Promise<ExitStatus> {
  const asOf = options.asOf ?? shell.now();
  const journals = files.length === 0 ? ['-'] : files;
  // Whatever can be refused is refused before the first record is read.
  const output = await openOutput(options.output, shell);
  let central: Central | null = null;
  try {
    await checkJournals(journals);
    central = await openCentral({
      database: databaseNamed(options, shell),
      now: shell.now,
      ...(options.clockTolerance === undefined ? {} : { clockTolerance: options.clockTolerance }),
    });
    const rejected = await feedJournals(central, journals, shell);
    await writeReport(central, { asOf, rejected, options, output, shell });
    return rejected.length > 0 ? 2 : 0;
  } finally {
    await output.discard();
    await central?.close();
  }
}

interface ReportParts {
  readonly asOf: number;
  readonly rejected: readonly RejectedLine[];
  readonly options: ReconcileOptions;
  readonly output: Awaited<ReturnType<typeof openOutput>>;
  readonly shell: Shell;
}

async function writeReport(central: Central, { asOf, rejected, options, output, shell }: ReportParts): Promise<void> {
  const { maxDelay, minimumBalance, format } = options;
  const configuration: Configuration = { maxDelay, minimumBalance, clockTolerance: central.clockTolerance };
  const report = central.report(asOf, configuration);
  const texts = format === 'json' ? jsonReport(report, rejected) : textReport(report, rejected);
  await writeAll(output, whileRunning(texts, shell));
  await output.finish();
}

async function* whileRunning(texts: AsyncIterable<string>, shell: Shell): AsyncGenerator<string> {
  for await (const text of texts) {
    stopIfInterrupted(shell);
    yield text;
  }
}
