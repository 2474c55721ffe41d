/** Runs one command and turns its end into an exit status. */
import { CommanderError } from 'commander';
import { explain, isQuiet } from './failure.ts';
import { createProgram } from './program.ts';
import { type ExitStatus, Interrupted, type Shell } from './shell.ts';

/** By convention 128 and the number of the signal: SIGINT. */
const INTERRUPTED_STATUS = 130;
/** Something we started and did not end must not keep a finished command from ending. */
const LINGER_MS = 3_000;

export function run(process: NodeJS.Process): void {
  const shell = shellOf(process);
  // Something waits for what will never come: to end here with status 0 and no report would be a lie.
  process.exitCode = 1;
  const unfinished = (): void => {
    shell.stderr.write(explain(new Error('it came to a standstill'), false));
  };
  process.once('beforeExit', unfinished);
  void statusOf(shell, process.argv).then((status) => {
    process.off('beforeExit', unfinished);
    process.exitCode = status;
    setTimeout(() => process.exit(status), LINGER_MS).unref();
  });
}

async function statusOf(shell: Shell, argv: readonly string[]): Promise<number> {
  let status: ExitStatus = 0;
  try {
    const program = await createProgram(argv[2], shell, (ended) => {
      status = ended;
    });
    await program.parseAsync([...argv]);
    return status;
  } catch (error) {
    // Help and version end by an error too, with status 0; whatever else commander refuses it has already said.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    if (error instanceof Interrupted) return INTERRUPTED_STATUS;
    if (isQuiet(error)) return status;
    shell.stderr.write(explain(error, (shell.env.RETAP_DEBUG ?? '') !== ''));
    return 1;
  }
}

function shellOf(process: NodeJS.Process): Shell {
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(INTERRUPTED_STATUS);
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // The window was closed: stopping cleanly matters as much.
  process.on('SIGHUP', interrupt);
  // A reader that has gone is no reason for a stack trace.
  process.stderr.on('error', () => {});
  process.stdout.on('error', () => {});
  return {
    env: process.env,
    now: () => Date.now(),
    elapsed: () => performance.now(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    interrupted: interruption.signal,
  };
}
