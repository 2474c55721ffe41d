/** Why somebody may not speak to the centre, in words. */
import type { TerminalNumber } from '@retap/model';
import type { AdmissionErrorCode } from './port.ts';

/** A batch that is not taken. Nothing of it is kept; what the terminal sent before stands. */
export class AdmissionError extends Error {
  override readonly name = 'AdmissionError';
  readonly code: AdmissionErrorCode;
  /** That the batch claims to be of; null where it is not signed. */
  readonly terminal: TerminalNumber | null;

  constructor(code: AdmissionErrorCode, terminal: TerminalNumber | null) {
    super(messageOf(code, terminal ?? 0));
    this.code = code;
    this.terminal = terminal;
  }
}

function messageOf(code: AdmissionErrorCode, terminal: TerminalNumber): string {
  switch (code) {
    case 'signature-invalid':
      return `the signature is not that of terminal ${terminal}: damaged on the way, or made by another key`;
    case 'terminal-unknown':
      return `terminal ${terminal} is not enrolled here; have it invited, and enrol it with the code`;
    case 'terminal-suspended':
      return `terminal ${terminal} is suspended; keep its records and send them when it has been resumed`;
    case 'terminal-revoked':
      return `terminal ${terminal} is revoked for ever; enrol the device under a new number`;
    case 'licence-expired':
      return `the licence of terminal ${terminal} has expired; the operator can renew it, and the records can be sent then`;
    case 'terminal-mismatch':
      return `records of another terminal in a batch signed by terminal ${terminal}: a terminal speaks only for itself`;
    case 'batch-unsigned':
      return 'this centre takes only batches that an enrolled terminal has signed; enrol the terminal';
  }
}
