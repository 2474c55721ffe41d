/** ISO/IEC 7816-4 SELECT (00 A4): the card or an application by DF name or file identifier (MF2DLHX0 section 11.10.1). */
import { fromHex, isEqual } from '../bytes.ts';
import type { CardContext } from './commands/command.ts';
import { ISO } from './frame.ts';
import type { Application } from './state.ts';

/** DF name of the card itself, that NXP has registered. */
const PICC_NAME = fromHex('D2760000850100');
const MASTER_FILE = 0x3f00;
const NAME_BYTES_MAX = 16;

/** P1: what the data name. */
const BY = { fileId: 0x00, childId: 0x01, elementaryId: 0x02, name: 0x04 } as const;
/** P2: with the file control information, which no file here has, or without. */
const ANSWERS: readonly number[] = [0x00, 0x0c];

/** Selects, and answers a status word. */
export function isoSelect(card: CardContext, [p1, p2]: readonly [number, number], data: Uint8Array): number {
  if (!ANSWERS.includes(p2)) return ISO.wrongParameters;
  switch (p1) {
    case BY.name:
      if (data.length === 0 || data.length > NAME_BYTES_MAX) return ISO.wrongLength;
      if (isEqual(data, PICC_NAME)) return selected(card, null);
      return select(card, (application) => isEqual(application.name, data));
    case BY.fileId:
    case BY.childId:
    case BY.elementaryId:
      if (p1 === BY.fileId && data.length === 0) return selected(card, null);
      return data.length === 2 ? selectById(card, p1, ((data[0] ?? 0) << 8) | (data[1] ?? 0)) : ISO.wrongLength;
    default:
      return ISO.wrongParameters;
  }
}

function selectById(card: CardContext, p1: number, id: number): number {
  // An elementary file of the selected application: what is selected, and the session, stay.
  const isFile = p1 !== BY.childId && card.application?.files.some((file) => file.isoId === id && id !== 0);
  if (isFile === true) return ISO.success;
  if (p1 === BY.elementaryId) return ISO.notFound;
  if (p1 === BY.fileId && id === MASTER_FILE) return selected(card, null);
  return select(card, (application) => application.isoId === id && id !== 0);
}

function select(card: CardContext, isNamed: (application: Application) => boolean): number {
  const application = card.state.applications.find(isNamed);
  return application === undefined ? ISO.notFound : selected(card, application.id);
}

function selected(card: CardContext, id: number | null): number {
  card.select(id);
  return ISO.success;
}
