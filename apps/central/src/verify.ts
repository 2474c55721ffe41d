/** What an upload must be before the centre takes it. Signatures and enrolment will be checked here, and only here. */
import type { ReceivedBatch } from '@retap/central';
import { BATCH_CONTENT_TYPE, parseBatch } from '@retap/protocol';

/** The form of body that each content type names; the signed binary form will be a further line. */
const FORMS: Readonly<Record<string, ReceivedBatch['form']>> = { [BATCH_CONTENT_TYPE]: 'batch' };

/** The form that a content type names, parameters such as `charset` aside; null for one we do not take. */
export function formOf(contentType: string | undefined): ReceivedBatch['form'] | null {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return Object.hasOwn(FORMS, type) ? (FORMS[type] ?? null) : null;
}

/**
 * The one gate for uploads: a whole batch, believed as it comes for now.
 * @throws ProtocolError `batch-malformed`, so that a bad body never reaches the group it would be received with
 */
export function verify(batch: ReceivedBatch): ReceivedBatch {
  parseBatch(batch.body);
  return batch;
}
