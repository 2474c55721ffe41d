/** Where the terminal's process writes what happens; the command line passes one that writes lines of JSON. */
export type Log = (
  level: 'info' | 'warn' | 'error',
  event: string,
  fields?: Readonly<Record<string, string | number | boolean | null>>,
) => void;

/** An error as fields of a log line. The stack is of use only where it is our own mistake: one without a code. */
export function faultFields(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? { code, message: error.message } : { message: error.stack ?? error.message };
}
