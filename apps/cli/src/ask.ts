/** A question to somebody at the keyboard, whose answer may be seen. */
import { createInterface } from 'node:readline';
import { UsageError } from './failure.ts';
import { Interrupted, type Shell } from './shell.ts';
import { printable } from './text.ts';

/** Asks on standard error, for standard output may be a file. @throws UsageError for no answer, Interrupted */
export function ask(what: string, { stdin, stderr, interrupted }: Shell): Promise<string> {
  const lines = createInterface({ input: stdin, output: stderr, terminal: true });
  return new Promise<string>((resolve, reject) => {
    const stop = (): void => reject(new Interrupted('interrupted'));
    lines.once('SIGINT', stop);
    interrupted.addEventListener('abort', stop, { once: true });
    lines.once('close', () => reject(new UsageError(`the ${what} is missing`)));
    lines.question(`${printable(what)}: `, (answer) => resolve(answer.trim()));
  }).finally(() => lines.close());
}
