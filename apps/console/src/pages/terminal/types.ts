/** What the centre tells of one terminal, over HTTP. */
import type { RegisteredTerminal, TerminalChange, TerminalDetail } from '@retap/central';

/** `key`: fingerprint in place of the key itself. */
export type Registered = Omit<RegisteredTerminal, 'publicKey'> & {
  readonly key: string | null;
  readonly history: readonly TerminalChange[];
};

export interface Found {
  readonly registered: Registered;
  readonly detail: TerminalDetail;
}
