/**
 * From a blank card to a blank account, and from old keys to the newest. Every step looks first at what is there: torn at any
 * point, the work is done again from the start and goes on where it ended. No step takes a key away before the next one is known to
 * the issuer, so no card is ever lost.
 */
import { concat, isEqual, isSigned32, toLittleEndian } from './bytes.ts';
import { APPLICATION, APPLICATION_ISO_ID, APPLICATION_NAME, KEYS } from './layout.ts';
import { KEY_PURPOSES } from './port.ts';
import { type BalanceLimits, filesToCreate } from './reader/card-files.ts';
import {
  bringKey,
  bringMaster,
  type IssuerDesk,
  type IssuerFault,
  newestKey,
  openPlace,
} from './reader/issuer-keys.ts';
import { type Answer, exchange, type SecureSession } from './reader/session.ts';

export interface PersonaliseOptions extends IssuerDesk {
  readonly limits: BalanceLimits;
  /** Communication mode of the files; FULL by default. */
  readonly mode?: 'full' | 'mac';
}

export type PersonaliseOutcome =
  | 'personalised'
  | IssuerFault
  /** A value file holds signed 32 bits, and begins with 0. */
  | 'limits-out-of-range';

const PICC_LEVEL = new Uint8Array(3);
const CODES = {
  select: 0x5a,
  getApplicationIds: 0x6a,
  createApplication: 0xca,
  getKeySettings: 0x45,
  changeKeySettings: 0x54,
  getFileIds: 0x6f,
  getFileSettings: 0xf5,
} as const;

/**
 * Key settings: the master key and these settings can be changed (01, 08), lists are free (02), nothing is created or deleted
 * without the master key, which changes the other keys too.
 */
const KEY_SETTINGS = 0x0b;
const FIVE_AES_KEYS = 0x85;

/** Brings the card to its application, files and newest keys, without an account (`blank`). A card that has all of it stays as it is. */
export async function personalise(options: PersonaliseOptions): Promise<PersonaliseOutcome> {
  if (!isHoldable(options.limits)) return 'limits-out-of-range';
  if (KEY_PURPOSES.some((purpose) => newestKey(options, purpose) === null)) return 'key-missing';
  const steps = [preparePicc, prepareApplication, prepareFiles, prepareKeys] as const;
  for (const step of steps) {
    const outcome = await step(options);
    if (outcome !== 'done') return outcome;
  }
  return 'personalised';
}

/**
 * Brings all keys of a personalised card to the newest versions, the master keys last. The key of the transaction MAC stays: it
 * could be replaced only with its file, whose counter would begin anew; the centre keeps all its versions. A card with a key of the
 * factory's is `foreign`: it comes from a person, and only the issuer's own stock is trusted so far.
 */
export async function rekey(options: IssuerDesk): Promise<'rekeyed' | IssuerFault> {
  const desk: IssuerDesk = { ...options, isIssued: true };
  const keys = await prepareKeys(desk);
  if (keys !== 'done') return keys;
  const selected = await select(desk, PICC_LEVEL);
  if (selected !== 'done') return selected;
  const picc = await within(await bringMaster(desk, 'picc'), async () => 'done');
  return picc === 'done' ? 'rekeyed' : picc;
}

function isHoldable({ minimumBalance, maximumBalance }: BalanceLimits): boolean {
  return isSigned32(minimumBalance) && isSigned32(maximumBalance) && minimumBalance <= 0 && maximumBalance >= 0;
}

async function preparePicc(desk: IssuerDesk): Promise<'done' | IssuerFault> {
  const selected = await select(desk, PICC_LEVEL);
  if (selected !== 'done') return selected;
  return within(await bringMaster(desk, 'picc'), async (session) => {
    const settings = await session.send({ code: CODES.getKeySettings }, 'mac');
    if (settings.outcome !== 'answered') return faultOf(settings);
    if (settings.data[0] === KEY_SETTINGS) return 'done';
    return done(await session.send({ code: CODES.changeKeySettings, data: [KEY_SETTINGS] }, 'full'));
  });
}

async function prepareApplication(desk: IssuerDesk): Promise<'done' | IssuerFault> {
  return within(await bringMaster(desk, 'picc'), async (session) => {
    const ids = await session.send({ code: CODES.getApplicationIds }, 'mac');
    if (ids.outcome !== 'answered') return faultOf(ids);
    if (piecesOf(ids.data, APPLICATION.length).some((id) => isEqual(id, APPLICATION))) return 'done';
    const isoId = toLittleEndian(APPLICATION_ISO_ID, 2);
    const data = concat(APPLICATION, [KEY_SETTINGS, FIVE_AES_KEYS], isoId, APPLICATION_NAME);
    return done(await session.send({ code: CODES.createApplication, data }, 'mac'));
  });
}

/** With whatever master key the application has: that key is brought to the newest version when all else is done. */
async function prepareFiles(options: PersonaliseOptions): Promise<'done' | IssuerFault> {
  const key = newestKey(options, 'transaction-mac');
  if (!key) return 'key-missing';
  const selected = await select(options, APPLICATION);
  if (selected !== 'done') return selected;
  return within(await openPlace(options, 'master', KEYS.master), async (session) => {
    const ids = await session.send({ code: CODES.getFileIds }, 'mac');
    if (ids.outcome !== 'answered') return faultOf(ids);
    for (const { number, command, mode, settings } of filesToCreate(options.mode ?? 'full', options.limits, key)) {
      const isThere = ids.data.includes(number);
      const answer = await session.send(
        isThere ? { code: CODES.getFileSettings, data: [number] } : command,
        isThere ? 'mac' : mode,
      );
      if (answer.outcome !== 'answered') return faultOf(answer);
      if (isThere && !isEqual(answer.data.subarray(0, settings.length), settings)) return 'foreign';
    }
    return 'done';
  });
}

/** The keys that a terminal or the issuer opens the application with; its master key last. */
async function prepareKeys(desk: IssuerDesk): Promise<'done' | IssuerFault> {
  const selected = await select(desk, APPLICATION);
  if (selected !== 'done') return selected;
  for (const purpose of ['read', 'refill', 'debit', 'transaction-mac-configuration'] as const) {
    const outcome = await bringKey(desk, purpose, KEYS[purpose]);
    if (outcome !== 'done') return outcome;
  }
  return within(await bringMaster(desk, 'master'), async () => 'done');
}

async function within(
  opened: { readonly session: SecureSession } | IssuerFault,
  work: (session: SecureSession) => Promise<'done' | IssuerFault>,
): Promise<'done' | IssuerFault> {
  if (typeof opened === 'string') return opened;
  const outcome = await work(opened.session);
  opened.session.close();
  return outcome;
}

async function select({ channel }: IssuerDesk, application: Uint8Array): Promise<'done' | IssuerFault> {
  return done(await exchange(channel, CODES.select, application));
}

function done(answer: Answer): 'done' | IssuerFault {
  return answer.outcome === 'answered' ? 'done' : faultOf(answer);
}

function faultOf(answer: Exclude<Answer, { outcome: 'answered' }>): IssuerFault {
  return answer.outcome === 'torn' ? 'torn' : 'foreign';
}

function piecesOf(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: bytes.length / length }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
}
