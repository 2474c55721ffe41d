/** An export of the audit log, as an outsider is given it by whomever. */
import { createHash, createPublicKey } from 'node:crypto';
import { Readable } from 'node:stream';
import { fingerprint } from '@retap/keys';
import { encodeAuditCheckpoint } from '@retap/protocol';
import type { Decoder } from '@retap/testkit';
import { verifyExport } from '../../../apps/cli/src/audit/verify/verify.ts';
import { bytesOf, keyOf, textOf } from './bytes.ts';

const { key, sign } = keyOf(11);
const centre = Uint8Array.from(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

async function exported(): Promise<string[]> {
  const log = new Uint8Array(16).fill(4);
  const start = { retap: 'audit log 1', log: hex(log), centre: hex(centre), from: 1, before: '' };
  const lines = [JSON.stringify(start)];
  let head = createHash('sha256').update('retap audit log 1').update(log).digest();
  for (let id = 1; id <= 2; id += 1) {
    const line = JSON.stringify([id, 1_780_000_000_000, '@ana', 'deny.added', 'medium M1', 'done', { why: 'stolen' }]);
    head = createHash('sha256').update(head).update(line).digest();
    lines.push(`{"entry":${line},"hash":"${hex(head)}"}`);
    const document = await encodeAuditCheckpoint({ log, size: id, head: Uint8Array.from(head), at: 5 }, sign);
    lines.push(`{"checkpoint":"${hex(document)}"}`);
  }
  return lines;
}

const lines = await exported();

export const AUDIT_DECODERS: readonly Decoder[] = [
  {
    name: 'audit-export',
    seeds: [bytesOf(`${lines.join('\n')}\n`), bytesOf(`${lines.slice(0, 3).join('\n')}\n`)],
    decode: (bytes) => verifyExport(Readable.from([Buffer.from(bytes)]), fingerprint(centre)),
    isRefusal: () => false,
    // Damage may leave lines out from the end. Whatever is found to be in order says only what was written.
    sound(value, bytes) {
      if ((value as { readonly findings: readonly unknown[] }).findings.length > 0) return;
      const forged = textOf(bytes)
        .split('\n')
        .filter((line) => line !== '' && !lines.includes(line));
      if (forged.length > 0) throw new Error(`it is taken for the centre's: ${forged[0]}`);
    },
  },
];
