/** Structured log lines, one JSON object a line, for whoever collects them. */

export type LogLevel = 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

/**
 * A log that writes lines.
 * @param now the wall clock, in milliseconds since the Unix epoch
 */
export function createLog(write: (line: string) => void, now: () => number): Log {
  return (level, event, fields = {}) => {
    write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, event, ...fields })}\n`);
  };
}

/** A fault of the world has a stable `code`; an error without one is our own mistake, and only then is the stack of use. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = codeOf(error);
  return code === null ? { message: error.message, stack: error.stack ?? '' } : { code, message: error.message };
}

export function codeOf(error: unknown): string | null {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : null;
}
