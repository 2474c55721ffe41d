/** A fleet with a day of taps in its journals, made beforehand: keys, enrolment and signed batches of each terminal. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { type Central, openCentral } from '@retap/central';
import { createIdentity, verifySignature } from '@retap/keys';
import { amountOf, type JournalRecord, type MediumName, type Time } from '@retap/model';
import { encodeSignedPayload, formatRecord, signedBatch } from '@retap/protocol';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { identityIn } from './centre.ts';

interface FleetOptions {
  readonly terminals: number;
  /** Records of each terminal. */
  readonly taps: number;
  /** Records a batch, as a terminal makes them. */
  readonly batch: number;
  /** Time of the first tap. */
  readonly from: number;
}

export interface LoadedTerminal {
  readonly terminal: number;
  /** In the order in which they are sent. */
  readonly batches: readonly LoadedBatch[];
}

export interface LoadedBatch {
  readonly body: Uint8Array;
  /** How many. */
  readonly records: number;
  /** Of its last record. */
  readonly medium: MediumName;
  readonly time: Time;
}

const REASON = { who: 'bench', why: 'bench-uploads' };
/** Taps of a medium, roughly: it is opened at one terminal and pays at others. */
const TAPS_A_MEDIUM = 6;
const TAP_MS = 20_000;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Media that travel: the k-th tap of a medium is at another terminal than the one before, so that batches of many terminals
 * make up a chain, in whatever order they come.
 */
function journalOf(terminal: number, { terminals, taps, from }: FleetOptions): JournalRecord[] {
  return Array.from({ length: taps }, (_, at) => {
    const use = at % TAPS_A_MEDIUM;
    // Of use k at terminal t the medium was opened at terminal t − k.
    const home = ((terminal - 1 - use + TAPS_A_MEDIUM * terminals) % terminals) + 1;
    const medium = `B${home}-${Math.floor(at / TAPS_A_MEDIUM)}`;
    const time = from + at * TAP_MS;
    const place = { terminal, serial: at + 1, medium, time, status: 'successful' } as const;
    if (use === 0) return { ...place, type: 'open', amount: amountOf(5_000), balance: amountOf(5_000) };
    const before = ((terminal - 2 + terminals) % terminals) + 1;
    return {
      ...{ ...place, type: 'debit', amount: amountOf(-130), balance: amountOf(5_000 - 130 * use) },
      ...{ lastTime: time - TAP_MS, lastTerminal: before, mediumSerial: use },
    };
  });
}

/**
 * Makes an empty database that of an enrolled centre, whose key pair goes into the folder, and loads a fleet.
 * @param onTerminal called after each @throws UsageError where it is not empty
 */
export async function enrolledFleet(
  database: string,
  folder: string,
  options: Omit<FleetOptions, 'from'>,
  shell: Shell,
  onTerminal: (count: number) => void,
): Promise<readonly LoadedTerminal[]> {
  const { publicKey } = await createIdentity(identityIn(folder), folder, randomBytes);
  const central = await openCentral({ database, now: shell.now, verifySignature });
  try {
    if ((await central.totals(0)).batches > 0) throw new UsageError('bench-uploads needs an empty database');
    await central.registry.settle({ admission: 'enrolled', centre: publicKey, licenceMs: 7 * DAY_MS });
    return await loadFleet(central, { ...options, from: shell.now() - DAY_MS }, onTerminal);
  } finally {
    await central.close();
  }
}

const DAY_MS = 86_400_000;

/** Invites and enrols the terminals, and signs their batches. @param onTerminal called after each */
async function loadFleet(
  central: Central,
  options: FleetOptions,
  onTerminal: (count: number) => void,
): Promise<LoadedTerminal[]> {
  const fleet: LoadedTerminal[] = [];
  for (let terminal = 1; terminal <= options.terminals; terminal += 1) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const signer = (bytes: Uint8Array): Uint8Array => Uint8Array.from(sign(null, bytes, privateKey));
    const codeDigest = sha256(`${options.from} ${terminal}`);
    const as = { role: 'gate', name: `bench ${terminal}` } as const;
    await central.registry.invite({ terminal, codeDigest, validMs: 86_400_000, as }, REASON);
    const toBeSigned = codeDigest;
    const raw = Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }).subarray(12));
    await central.registry.enrol({ codeDigest, publicKey: raw, toBeSigned, signature: signer(toBeSigned) });
    const journal = journalOf(terminal, options);
    const batches: LoadedBatch[] = [];
    let link = sha256(`retap journal${terminal}`).toString('hex').toUpperCase();
    for (let at = 0; at < journal.length; at += options.batch) {
      const records = journal.slice(at, at + options.batch);
      const payload = encodeSignedPayload({ terminal, from: at + 1, before: link, records });
      const { medium, time } = records.at(-1) as JournalRecord;
      batches.push({ body: await signedBatch(payload, terminal, signer), records: records.length, medium, time });
      for (const record of records)
        link = sha256(link + formatRecord(record))
          .toString('hex')
          .toUpperCase();
    }
    fleet.push({ terminal, batches });
    onTerminal(terminal);
  }
  return fleet;
}
