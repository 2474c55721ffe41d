/** What an upload must be before the centre takes it. Who may speak is decided here, and again when it becomes durable. */
import type { Central, ReceivedBatch } from '@retap/central';
import type { TerminalNumber, Time } from '@retap/model';
import { BATCH_CONTENT_TYPE, SIGNED_BATCH_CONTENT_TYPE } from '@retap/protocol';

/** The form of body that each content type names, parameters aside. */
const FORMS: Readonly<Record<string, ReceivedBatch['form']>> = {
  [BATCH_CONTENT_TYPE]: 'batch',
  [typeOf(SIGNED_BATCH_CONTENT_TYPE)]: 'signed',
};
const COSE_TYPE = /;\s*cose-type\s*=\s*"?([^";\s]*)/i;

/** The form that a content type names; null for one we do not take. */
export function formOf(contentType: string | undefined): ReceivedBatch['form'] | null {
  const type = typeOf(contentType ?? '');
  const form = Object.hasOwn(FORMS, type) ? (FORMS[type] ?? null) : null;
  // Other messages of COSE have the same type and say by the parameter what they are (RFC 9052, 11.3.1).
  const coseType = COSE_TYPE.exec(contentType ?? '')?.[1]?.toLowerCase();
  return form === 'signed' && coseType !== undefined && coseType !== 'cose-sign1' ? null : form;
}

function typeOf(contentType: string): string {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The terminal's clock as it sent the upload: header `retap-sent-at`, in milliseconds since the Unix epoch. */
export function sentAtOf(header: string | undefined): { readonly sentAt?: Time } {
  return header !== undefined && /^\d{1,15}$/.test(header) ? { sentAt: Number(header) } : {};
}

/**
 * The one gate for uploads: a whole batch, by whom it says, if that one may speak.
 * @throws ProtocolError `batch-malformed`, `terminal-mismatch`, so that a bad body never reaches the group it would be
 * received with; AdmissionError
 * @returns whose it is; null where it is not signed
 */
export function verify(central: Central, batch: ReceivedBatch): Promise<TerminalNumber | null> {
  return central.verify(batch);
}
