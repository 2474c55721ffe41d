/** SelectApplication, CreateApplication, DeleteApplication, GetApplicationIDs (EV2; as EV1 has them publicly). */
import { concat, fromLittleEndian, isEqual, toLittleEndian } from '../../bytes.ts';
import { type Application, applicationOf, withApplication } from '../state.ts';
import { type Answer, DONE, isRefusal, type Refusal } from '../status.ts';
import { type CardContext, type Command, isMaster, macCommand, masterOr } from './command.ts';

const AID_BYTES = 3;
/** AID 1 + 2, key settings 1, number and type of keys 1 */
const CREATE_BYTES = 5;
const APPLICATIONS_MAX = 28;
const KEYS_MAX = 14;
const NAME_BYTES_MAX = 16;

/** Second byte of key settings. */
const KEY_COUNT = 0x0f;
const HAS_SETTINGS_3 = 0x10;
const HAS_ISO_IDS = 0x20;
const KEY_TYPE = 0xc0;
export const KEY_TYPE_AES = 0x80;

const selectApplication: Command = {
  code: 0x5a,
  headerBytes: 0,
  mode: () => 'plain',
  run(card, _, data) {
    if (data.length !== AID_BYTES) return 'length-error';
    const id = fromLittleEndian(data);
    if (id !== 0 && applicationOf(card.state, id) === undefined) return 'application-not-found';
    card.select(id === 0 ? null : id);
    return DONE;
  },
};

const createApplication = macCommand(0xca, (card, data) => {
  if (card.application !== null) return 'permission-denied';
  const refusal = masterOr(card, 'createFree');
  if (refusal !== null) return refusal;
  const application = parseApplication(card, data);
  if (isRefusal(application)) return application;
  const { applications } = card.state;
  if (applications.some((other) => isSameApplication(other, application))) return 'duplicate';
  if (applications.length === APPLICATIONS_MAX) return 'count-error';
  return card.store(withApplication(card.state, application)) ?? DONE;
});

function parseApplication(card: CardContext, data: Uint8Array): Application | Refusal {
  const hasIsoId = data.length >= CREATE_BYTES + 2;
  if (data.length > CREATE_BYTES + 2 + NAME_BYTES_MAX) return 'length-error';
  if (data.length !== CREATE_BYTES && !hasIsoId) return 'length-error';
  const id = fromLittleEndian(data.subarray(0, AID_BYTES));
  const [settings = 0, kinds = 0] = data.subarray(AID_BYTES);
  const keyCount = kinds & KEY_COUNT;
  // Only AES: what the other key types need (legacy secure messaging) this card does not speak.
  if ((kinds & KEY_TYPE) !== KEY_TYPE_AES || (kinds & HAS_SETTINGS_3) !== 0) return 'parameter-error';
  if (id === 0 || keyCount === 0 || keyCount > KEYS_MAX) return 'parameter-error';
  return {
    id,
    settings,
    hasIsoIds: (kinds & HAS_ISO_IDS) !== 0,
    isoId: hasIsoId ? fromLittleEndian(data.subarray(CREATE_BYTES, CREATE_BYTES + 2)) : 0,
    name: data.slice(CREATE_BYTES + 2),
    keys: Array.from({ length: keyCount }, () => card.state.defaultKey),
    files: [],
  };
}

function isSameApplication(one: Application, other: Application): boolean {
  if (one.id === other.id) return true;
  if (one.isoId !== 0 && one.isoId === other.isoId) return true;
  return one.name.length > 0 && isEqual(one.name, other.name);
}

/** By the card's master key, or from inside by the application's own. */
const deleteApplication: Command = {
  code: 0xda,
  headerBytes: 0,
  mode: () => 'mac',
  run(card, _, data) {
    if (data.length !== AID_BYTES) return 'length-error';
    const id = fromLittleEndian(data);
    if (id === 0) return 'parameter-error';
    if (applicationOf(card.state, id) === undefined) return 'application-not-found';
    if (card.application !== null && card.application.id !== id) return 'permission-denied';
    if (!isMaster(card)) return 'authentication-error';
    return deleteNow(card, id);
  },
};

function deleteNow(card: CardContext, id: number): Answer {
  const applications = card.state.applications.filter((application) => application.id !== id);
  const isSelected = card.application !== null;
  const refusal = card.store({ ...card.state, applications });
  if (refusal !== null) return refusal;
  // What was selected is gone: the card is at PICC level, and the session with its key is over.
  if (isSelected) card.select(null);
  return DONE;
}

const getApplicationIds = macCommand(0x6a, (card, data) => {
  if (data.length > 0) return 'length-error';
  if (card.application !== null) return 'permission-denied';
  const refusal = masterOr(card, 'directoryFree');
  return refusal ?? concat(...card.state.applications.map(({ id }) => toLittleEndian(id, AID_BYTES)));
});

export const APPLICATION_COMMANDS: readonly Command[] = [
  selectApplication,
  createApplication,
  deleteApplication,
  getApplicationIds,
];
