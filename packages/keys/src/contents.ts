/** What a key store holds, and who may hold what. */
import { KEY_PURPOSES, type KeyPurpose, type RandomBytes } from '@retap/card';
import { KeyStoreError } from './fault.ts';

/** Who holds a key store. */
export const KEY_ROLES = ['issuer', 'gate', 'refill', 'inspector', 'centre'] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

/**
 * Each holds what it cannot do without. A gate that is stolen cannot refill; no terminal can make a proof of the
 * card, and the centre, which checks proofs, can talk to no card.
 */
export const PURPOSES_OF: Readonly<Record<KeyRole, readonly KeyPurpose[]>> = {
  issuer: KEY_PURPOSES,
  gate: ['read', 'debit'],
  refill: ['read', 'debit', 'refill'],
  inspector: ['read'],
  centre: ['transaction-mac'],
};

/** Whether it keeps a journal, and so needs a secret to seal it with. */
function hasJournal(role: KeyRole): boolean {
  return role !== 'issuer' && role !== 'centre';
}

/** A master key. @property value 16 bytes */
export interface Master {
  readonly purpose: KeyPurpose;
  /** 1 … 255. Version 0 is that of a card's factory keys, which are no secret. */
  readonly version: number;
  readonly value: Uint8Array;
}

export interface KeyStoreContents {
  readonly role: KeyRole;
  readonly masters: readonly Master[];
  /** Secret that the journal is sealed by, 32 bytes; null where there is no journal. */
  readonly journal: Uint8Array | null;
}

export const MASTER_BYTES = 16;
export const JOURNAL_BYTES = 32;
export const FIRST_VERSION = 1;
export const LAST_VERSION = 255;

/** An issuer's first masters, one for each purpose. */
export function issuerContents(random: RandomBytes): KeyStoreContents {
  const masters = KEY_PURPOSES.map((purpose) => ({ purpose, version: FIRST_VERSION, value: random(MASTER_BYTES) }));
  return { role: 'issuer', masters, journal: null };
}

/** Versions held of one purpose, ascending. */
export function versionsOf(masters: Iterable<Pick<Master, 'purpose' | 'version'>>, purpose: KeyPurpose): number[] {
  const ofPurpose = [...masters].filter((master) => master.purpose === purpose);
  return ofPurpose.map(({ version }) => version).sort((a, b) => a - b);
}

/**
 * The version that a rotation adds.
 * @throws KeyStoreError `key-versions-exhausted`
 */
export function nextVersion(held: readonly number[], purpose: KeyPurpose): number {
  const version = Math.max(FIRST_VERSION - 1, ...held) + 1;
  if (version <= LAST_VERSION) return version;
  const message = `all ${LAST_VERSION} versions of the ${purpose} master are taken; a new issuer is needed`;
  throw new KeyStoreError('key-versions-exhausted', message);
}

/**
 * With one more version of each purpose. The older ones stay: cards have their keys until they are changed.
 * @throws KeyStoreError `key-versions-exhausted`
 */
export function rotated(
  contents: KeyStoreContents,
  purposes: readonly KeyPurpose[],
  random: RandomBytes,
): KeyStoreContents {
  const added = purposes.map((purpose) => {
    const version = nextVersion(versionsOf(contents.masters, purpose), purpose);
    return { purpose, version, value: random(MASTER_BYTES) };
  });
  return { ...contents, masters: [...contents.masters, ...added] };
}

/**
 * What a role gets of the issuer's. A terminal gets a journal secret of its own, that nobody else has.
 * @throws KeyStoreError `key-use` where these are not the issuer's
 */
export function exportFor(issuer: KeyStoreContents, role: KeyRole, random: RandomBytes): KeyStoreContents {
  return { role, masters: mastersFor(role, issuer), journal: hasJournal(role) ? random(JOURNAL_BYTES) : null };
}

/**
 * With what the issuer has added since. The journal stays readable: its secret is kept.
 * @throws KeyStoreError `key-use` where a master that is held is not this issuer's
 */
export function renewed(held: KeyStoreContents, issuer: KeyStoreContents): KeyStoreContents {
  const masters = mastersFor(held.role, issuer);
  for (const { purpose, version, value } of held.masters) {
    const given = masters.find((master) => master.purpose === purpose && master.version === version);
    if (given && Buffer.compare(given.value, value) === 0) continue;
    const message = `version ${version} of the ${purpose} master is not this issuer's: its cards would be lost; name the issuer's key store`;
    throw new KeyStoreError('key-use', message);
  }
  return { ...held, masters };
}

/** Copies, for each key store overwrites its own when it is closed. */
function mastersFor(role: KeyRole, issuer: KeyStoreContents): Master[] {
  if (issuer.role !== 'issuer') {
    const message = `keys come from the issuer's key store, and this is one of role ${issuer.role}; name the issuer's`;
    throw new KeyStoreError('key-use', message);
  }
  const masters = issuer.masters.filter(({ purpose }) => PURPOSES_OF[role].includes(purpose));
  return masters.map((master) => ({ ...master, value: Uint8Array.from(master.value) }));
}
