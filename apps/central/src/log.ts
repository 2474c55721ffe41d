/** Structured log lines, one JSON object a line, for whoever collects them. */

/** From what everybody may pass over to what somebody has to look at. */
export const LOG_LEVELS = ['info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

/**
 * A log that writes lines.
 * @param now the wall clock, in milliseconds since the Unix epoch
 * @param least level of the lines that are written; what is below is left out
 */
export function createLog(write: (line: string) => void, now: () => number, least: LogLevel = 'info'): Log {
  return (level, event, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
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
