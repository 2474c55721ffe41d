/** The certificate and key of TLS, as files; taken anew when they change, for a renewed one must need no restart. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Time } from '@retap/model';
import { errorFields, type Log } from '../log.ts';

export interface CertificateFiles {
  /** PEM: the certificate, and after it those that lead to one that clients know. */
  readonly certificate: string;
  /** PEM, not under a passphrase. */
  readonly key: string;
}

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly expiresAt: Time;
  /** Names and addresses that it is for, as OpenSSL writes them. */
  readonly names: string;
}

/** A certificate or key that cannot be used; the message says which, and what to do. */
export class CertificateFault extends Error {
  override readonly name = 'CertificateFault';
  readonly code = 'certificate-unusable';
}

/** @throws CertificateFault */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const [cert, key] = [await read(files.certificate), await read(files.key)];
  const parsed = reasoned(() => new X509Certificate(cert), `${files.certificate} holds no certificate in PEM`);
  reasoned(() => createPublicKey(key), `${files.key} holds no private key in PEM, or one under a passphrase`);
  // Also that the two belong together: of a renewal that is half done only one file has changed.
  reasoned(() => createSecureContext({ cert, key }), `${files.key} is not the key of ${files.certificate}`);
  return { cert, key, expiresAt: Date.parse(parsed.validTo), names: parsed.subjectAltName ?? parsed.subject };
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new CertificateFault(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code}); check its name and rights`,
    );
  }
}

function reasoned<T>(work: () => T, message: string): T {
  try {
    return work();
  } catch (cause) {
    throw new CertificateFault(message, { cause });
  }
}

export interface WatchOptions {
  readonly files: CertificateFiles;
  /** Another one that can be used. */
  readonly onChange: (certificate: Certificate) => void;
  readonly log: Log;
  /** Pause between two looks, in milliseconds. */
  readonly everyMs: number;
}

/**
 * Looks at the files now and then: renewed ones are often put in place by exchanging a link, which notices of the file system
 * miss. While what is there cannot be used, the one before stays.
 * @returns stops it
 */
export function watchCertificate({ files, onChange, log, everyMs }: WatchOptions): () => void {
  let seen: string | null = null;
  let refused = '';
  const look = async (): Promise<void> => {
    const now = await traceOf(files);
    seen ??= now; // the first look is what was read at the start
    if (now === seen) return;
    try {
      const certificate = await readCertificate(files);
      // Written to while it was read: the next look takes it whole.
      if ((await traceOf(files)) !== now) return;
      seen = now;
      refused = '';
      onChange(certificate);
      log('info', 'certificate-taken', { names: certificate.names, expiresAt: certificate.expiresAt });
    } catch (error) {
      if (refused !== now) log('error', 'certificate-refused', errorFields(error));
      refused = now;
    }
  };
  let timer: NodeJS.Timeout;
  const again = (): void => {
    timer = setTimeout(() => void look().finally(again), everyMs);
    timer.unref();
  };
  let stopped = false;
  void look().finally(() => {
    if (!stopped) again();
  });
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** What changes when a file is written, replaced, or its link exchanged. */
async function traceOf({ certificate, key }: CertificateFiles): Promise<string> {
  const traces = [certificate, key].map(async (file) => {
    const found = await stat(file, { bigint: true }).catch(() => null);
    return found === null ? 'none' : `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`;
  });
  return (await Promise.all(traces)).join(' ');
}
