/** The door to the process: most commands need what lies around a terminal, and never start one. */
import type { OpenOptions } from './open-terminal.ts';
import type { TerminalService } from './service-options.ts';

/** @see ./open-terminal.ts */
export async function openTerminal(options: OpenOptions): Promise<TerminalService> {
  const terminal = await import('./open-terminal.ts');
  return terminal.openTerminal(options);
}
