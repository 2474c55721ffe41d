/** Checks the cards' proofs with the transaction-MAC masters, which only the centre and the issuer hold (docs/proof.md). */
import { type AesKey, diversified, type KeyStore, mediumUid, previousReaderOf, toHex, verifyProof } from '@retap/card';
import type { ProofJudge, ProofJudgement } from '@retap/central';
import type { MediumName, TransactionRecord } from '@retap/model';

const PURPOSE = 'transaction-mac';
/** Cards whose keys are kept ready: to make one costs two block encryptions, or two exchanges with a token. */
const CARDS_KEPT_MAX = 4_096;
const CHECK_TEXT = new TextEncoder().encode('RETAP key check value');
const CHECK_BYTES = 3;

/** @throws RangeError where the key store has no key for it: everything would be called invalid */
export function proofJudgeOf(keys: KeyStore, { cardsKeptMax = CARDS_KEPT_MAX } = {}): ProofJudge {
  const versions = [...keys.versions(PURPOSE)].reverse(); // the newest first: most cards have it
  if (versions.length === 0) throw new RangeError(`the key store has no key of purpose ${PURPOSE}`);
  const cards = new CardKeys(keys, versions, cardsKeptMax);
  return {
    keys: versions.map((version) => `${version}:${checkValue(masterOf(keys, version))}`).join(' '),
    canProve: (medium) => mediumUid(medium) !== null,
    judge(record) {
      const uid = mediumUid(record.medium);
      return uid === null ? { verdict: 'invalid' } : judgeBy(cards.of(record.medium, uid), record, uid);
    },
  };
}

/** A card has a key of one version, and the centre is not told which: a MAC of 8 bytes fits no other by chance. */
function judgeBy(cardKeys: AesKey[], record: TransactionRecord, uid: Uint8Array): ProofJudgement {
  const at = cardKeys.findIndex((key) => verifyProof(record, key, uid) === 'valid');
  const [found] = cardKeys.splice(at, at === -1 ? 0 : 1);
  if (!found) return { verdict: 'invalid' };
  cardKeys.unshift(found); // next time this one first
  return { verdict: 'valid', previousReader: previousReaderOf(record, found, uid) };
}

/** The diversified keys of the cards seen last. */
class CardKeys {
  readonly #keys: KeyStore;
  readonly #versions: readonly number[];
  readonly #keptMax: number;
  /** In order of use, the longest unused first. */
  readonly #kept = new Map<MediumName, AesKey[]>();

  constructor(keys: KeyStore, versions: readonly number[], keptMax: number) {
    this.#keys = keys;
    this.#versions = versions;
    this.#keptMax = keptMax;
  }

  of(medium: MediumName, uid: Uint8Array): AesKey[] {
    const kept = this.#kept.get(medium) ?? this.#make(uid);
    this.#kept.delete(medium);
    this.#kept.set(medium, kept);
    if (this.#kept.size > this.#keptMax) this.#dropOldest();
    return kept;
  }

  #make(uid: Uint8Array): AesKey[] {
    return this.#versions.map((version) => diversified(masterOf(this.#keys, version), PURPOSE, uid));
  }

  #dropOldest(): void {
    const [oldest] = this.#kept;
    if (!oldest) return;
    this.#kept.delete(oldest[0]);
    for (const key of oldest[1]) key.discard();
  }
}

function masterOf(keys: KeyStore, version: number): AesKey {
  const master = keys.master(PURPOSE, version);
  if (!master) throw new Error(`version ${version} of ${PURPOSE} is listed and not held`);
  return master;
}

/** Tells keys of the same version apart, and nothing else of them. */
function checkValue(master: AesKey): string {
  const key = master.derive(CHECK_TEXT);
  const value = toHex(key.cmac(CHECK_TEXT).subarray(0, CHECK_BYTES));
  key.discard();
  return value;
}
