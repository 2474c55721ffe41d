/** What another phone showed, its signatures checked: by whom it is, and what it says. Whether it may be so is decided elsewhere. */
import { isTransaction, type TransactionRecord } from '@retap/model';
import {
  type Certificate,
  openCertificate,
  openMessage,
  openPresentation,
  openRequest,
  openSignedBatch,
  type PaymentRequest,
  type PhoneMessage,
  type Presentation,
  ProtocolError,
  readSignedBatch,
} from '@retap/protocol';
import { entryOf, nextLink } from './chain.ts';
import type { PhoneOptions } from './port.ts';
import type { PhoneRefusal } from './refusal.ts';

type Verify = PhoneOptions['verify'];

/** By whose word things are believed: the centre's key, and how signatures are checked. */
export interface Trust {
  readonly centre: Uint8Array;
  readonly verify: Verify;
}

/** One record of a phone, and the phone's certificate. */
export interface SignedRecord {
  readonly record: TransactionRecord;
  /** Link of the phone's journal before it. */
  readonly before: string;
  readonly certificate: Certificate;
}

export interface OpenedTicket {
  readonly purchase: SignedRecord;
  readonly receipt: SignedRecord;
  readonly presentation: Presentation;
}

/** The link after the record of a batch that was believed when it was kept; null where it has none. */
export async function linkAfter(batch: Uint8Array, sha256: PhoneOptions['sha256']): Promise<string | null> {
  const parsed = unlessMalformed(() => readSignedBatch(batch));
  const [only] = parsed?.records ?? [];
  return parsed && only ? nextLink(entryOf(only.record, parsed.before), sha256) : null;
}

/** Null where the bytes are nothing that a wallet shows. */
export function messageIn(bytes: Uint8Array): PhoneMessage | null {
  return unlessMalformed(() => openMessage(bytes));
}

/** @returns why it cannot be believed, else what it says */
export async function believedRequest(
  message: PhoneMessage & { readonly kind: 'request' },
  trust: Trust,
): Promise<{ readonly request: PaymentRequest; readonly payee: Certificate } | PhoneRefusal> {
  const payee = await believedCertificate(message.certificate, trust);
  if (typeof payee === 'string') return payee;
  const opened = unlessMalformed(() => openRequest(message.request));
  if (opened === null) return 'unreadable';
  const { request, toBeSigned, signature } = opened;
  const isTheirs = request.terminal === payee.terminal && (await trust.verify(payee.publicKey, toBeSigned, signature));
  return isTheirs ? { request, payee } : 'signature-forged';
}

export async function believedRecord(
  batch: Uint8Array,
  certificateBytes: Uint8Array,
  trust: Trust,
): Promise<SignedRecord | PhoneRefusal> {
  const certificate = await believedCertificate(certificateBytes, trust);
  if (typeof certificate === 'string') return certificate;
  const opened = unlessMalformed(() => openSignedBatch(batch));
  if (opened === null) return 'unreadable';
  const { terminal, toBeSigned, signature } = opened;
  if (terminal !== certificate.terminal) return 'signature-forged';
  if (!(await trust.verify(certificate.publicKey, toBeSigned, signature))) return 'signature-forged';
  const parsed = unlessMalformed(() => readSignedBatch(batch));
  const [only, ...more] = parsed?.records ?? [];
  if (!parsed || !only || more.length > 0 || parsed.rejected.length > 0) return 'unreadable';
  if (!isTransaction(only.record)) return 'unreadable';
  return { record: only.record, before: parsed.before, certificate };
}

export async function believedTicket(
  message: PhoneMessage & { readonly kind: 'ticket' },
  trust: Trust,
): Promise<OpenedTicket | PhoneRefusal> {
  const purchase = await believedRecord(message.purchase, message.certificate, trust);
  if (typeof purchase === 'string') return purchase;
  const receipt = await believedRecord(message.receipt, message.sellerCertificate, trust);
  if (typeof receipt === 'string') return receipt;
  const opened = unlessMalformed(() => openPresentation(message.presentation));
  if (opened === null) return 'unreadable';
  const { presentation, toBeSigned, signature } = opened;
  const holder = purchase.certificate;
  const isTheirs =
    presentation.terminal === holder.terminal && (await trust.verify(holder.publicKey, toBeSigned, signature));
  return isTheirs ? { purchase, receipt, presentation } : 'signature-forged';
}

async function believedCertificate(bytes: Uint8Array, trust: Trust): Promise<Certificate | PhoneRefusal> {
  const opened = unlessMalformed(() => openCertificate(bytes));
  if (opened === null) return 'unreadable';
  const isOurs = await trust.verify(trust.centre, opened.toBeSigned, opened.signature);
  return isOurs ? opened.certificate : 'certificate-forged';
}

function unlessMalformed<Value>(open: () => Value): Value | null {
  try {
    return open();
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}
