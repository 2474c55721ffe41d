/** A request to the centre, from a device: small, with a deadline, and never led somewhere else. */

/** How long the centre may take to answer. */
const ANSWER_MS = 30_000;
/** An answer that is longer is none of the centre's: a captive portal's page, perhaps. */
const ANSWER_BYTES_MAX = 65_536;

export type CentreAnswer =
  | { readonly kind: 'done'; readonly body: Uint8Array }
  /** It understood, and said no. `code` is stable; null where who answered was no centre. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: string | null;
      readonly message: string;
      /** After how many seconds it wants to be asked again, where it said so. */
      readonly retryAfterS: number | null;
    }
  /** Nobody answered, or not to the end: whether it was done nobody knows. */
  | { readonly kind: 'fault'; readonly cause: unknown };

export interface CentreRequest {
  /** Address of the centre; its path is kept. */
  readonly centre: string;
  readonly path: 'batches' | 'batches/state' | 'enrolments' | 'licences/renewal' | 'lists/held' | 'time';
  readonly contentType?: string;
  /** Null: it only asks, by GET. */
  readonly body: Uint8Array | null;
  /** The terminal's clock, in milliseconds since the Unix epoch: by it the centre sees how far it is off. */
  readonly sentAt?: number;
  readonly signal?: AbortSignal;
}

/** Never throws. */
export async function askCentre({
  centre,
  path,
  contentType,
  body,
  sentAt,
  signal,
}: CentreRequest): Promise<CentreAnswer> {
  try {
    const deadline = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch(new URL(path, centre.endsWith('/') ? centre : `${centre}/`), {
      method: body === null ? 'GET' : 'POST',
      headers: {
        ...(contentType !== undefined && { 'content-type': contentType }),
        ...(sentAt !== undefined && { 'retap-sent-at': String(sentAt) }),
      },
      body: body && new Uint8Array(body),
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      // A redirect would take the bytes to somewhere that the operator did not name.
      redirect: 'error',
    });
    const bytes = await bytesOf(answer);
    // Only its word that it is durable counts: 202 is not that.
    if (answer.status === 200) return { kind: 'done', body: bytes };
    const retryAfter = Number(answer.headers.get('retry-after') ?? Number.NaN);
    const retryAfterS = Number.isFinite(retryAfter) ? retryAfter : null;
    return { kind: 'refused', status: answer.status, retryAfterS, ...saidIn(bytes) };
  } catch (error) {
    // fetch says only that it failed; why is in its cause.
    return { kind: 'fault', cause: (error as Error).cause ?? error };
  }
}

/** What a machine says that does not know who issued a certificate, or for which it is not, or over. */
const CERTIFICATE_FAULTS: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** A fault in words for whoever ran a command; to do the same again helps against all but an untrusted certificate. */
export function faultText(cause: unknown): string {
  const { code, message } = cause instanceof Error ? (cause as Error & { code?: string }) : { message: String(cause) };
  if (code === undefined || !CERTIFICATE_FAULTS.has(code)) return `no answer (${message})`;
  return `its certificate is not taken here (${message}): see that it is for this address and not over; where it is the operator's own, name its issuer's by NODE_EXTRA_CA_CERTS=FILE`;
}

async function bytesOf(answer: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX) throw new Error(`an answer of more than ${ANSWER_BYTES_MAX} bytes`);
  }
  return Buffer.concat(chunks);
}

/** `{code, message}`, as the centre says no. */
function saidIn(bytes: Uint8Array): { readonly code: string | null; readonly message: string } {
  try {
    const { code, message } = JSON.parse(Buffer.from(bytes).toString());
    const isCode = typeof code === 'string' && /^[a-z][a-z-]{0,63}$/.test(code);
    if (isCode) return { code, message: typeof message === 'string' ? message.slice(0, 500) : code };
  } catch {
    // No JSON: no centre.
  }
  return { code: null, message: 'what answered is no centre of Retap' };
}
