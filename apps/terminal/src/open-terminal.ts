/** Puts the process of a terminal together: key store, journal, terminal, reader, screen. */
import { createHash, randomBytes } from 'node:crypto';
import { uptime } from 'node:os';
import { type CardChannel, CardMedium, type RandomBytes } from '@retap/card';
import { sealing, softwareKey } from '@retap/keys';
import { Terminal } from '@retap/terminal';
import { openClock } from './clock/open-clock.ts';
import { steadyClock } from './clock/steady.ts';
import type { Configuration } from './configuration/configuration.ts';
import { openEnrolled } from './enrolment/enrolled.ts';
import { InProcessReader } from './in-process-reader.ts';
import { FileJournal } from './journal/file-journal.ts';
import { openLists } from './lists/open-lists.ts';
import { steeredBy } from './lists/steering.ts';
import type { Log } from './log.ts';
import { openReader } from './pcsc/reader.ts';
import type { Reader } from './reader.ts';
import { startTerminal } from './service.ts';
import type { TerminalService } from './service-options.ts';
import { openTerminalKeys, type Secrets } from './terminal-keys.ts';
import { terminalOptions } from './terminal-options.ts';

export interface OpenOptions {
  readonly configuration: Configuration;
  readonly secrets: Secrets;
  /** The wall clock, in milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly log: Log;
}

/** A card that gives no answer for so long counts as gone, in milliseconds. */
const CARD_DEADLINE_MS = 1_000;
/** A person waits no longer than half a second for a gate: after this much of it the medium's log is not read too. */
const LOG_TIME_MS = 200;

const random: RandomBytes = (length) => new Uint8Array(randomBytes(length));
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/**
 * @throws KeyStoreError, JournalError, PcscError; ConfigurationError where the key store is not a terminal's; system errors of
 * listening
 */
export async function openTerminal(options: OpenOptions): Promise<TerminalService> {
  const { configuration, secrets, log } = options;
  /** What to give back, in this order. */
  const opened: (() => unknown)[] = [];
  const giveBack = async (): Promise<void> => {
    for (const close of opened.splice(0)) await close();
  };
  try {
    const { keys, journalKey, close } = await openTerminalKeys(configuration, secrets);
    opened.unshift(close);
    const store = await FileJournal.open(configuration.journal);
    opened.unshift(() => store.close());
    const enrolled = await openEnrolled(configuration, secrets.passphrase ?? '', random, log);
    if (enrolled) opened.unshift(() => enrolled.identity.close());
    const monotonic = steadyClock({ fine: () => performance.now(), uptime: () => uptime() * 1_000 });
    const clock = await openClock(configuration, enrolled, { wall: options.now, monotonic }, log);
    const { now } = clock;
    const configured = terminalOptions(configuration, clock);
    const lists = await openLists(configuration, enrolled, now, log);
    const steering = lists ? steeredBy(lists, configured) : configured;
    let heldAt = 0;
    const terminal = await Terminal.open({
      ...configured,
      denyList: steering.denyList,
      actions: steering.actions,
      // Asked anew each time: a spread would keep what they were at the start.
      get limits() {
        return steering.limits;
      },
      store,
      sealer: sealing(journalKey, random),
      sha256,
      ...(enrolled && { signer: enrolled.identity }),
      ...(configuration.licence?.required && { isLicensed: () => enrolled?.licence?.isValid(now()) ?? false }),
      isLogTime: () => performance.now() - heldAt < LOG_TIME_MS,
    });
    const mediumOf = (channel: CardChannel): CardMedium => {
      heldAt = performance.now();
      return new CardMedium({ channel, keys, random, terminal: configuration.terminal });
    };
    let service: TerminalService | null = null;
    const onUnusableCard = (why: string): void => service?.unusableCard(why);
    const { reader, ...cards } = await readerOf(configuration, log, onUnusableCard);
    opened.unshift(() => reader.close());
    service = await startTerminal({
      ...{ configuration, terminal, reader, mediumOf, now, log },
      measuring: { clock, monotonic, randomBytes: random },
      ...cards,
      ...(lists && { lists }),
      ...(enrolled?.licence && { enrolled: { identity: enrolled.identity, licence: enrolled.licence } }),
      random: Math.random,
    });
    const { url, unusableCard, stop } = service;
    return { url, unusableCard, stop: () => stop().finally(giveBack) };
  } catch (error) {
    await giveBack();
    throw error;
  }
}

async function readerOf(
  { reader }: Configuration,
  log: Log,
  onUnusableCard: (why: string) => void,
): Promise<{ readonly reader: Reader; readonly cards?: InProcessReader }> {
  if (reader.kind === 'pcsc') {
    const name = reader.name === undefined ? {} : { name: reader.name };
    return { reader: await openReader({ ...name, deadlineMs: CARD_DEADLINE_MS, onUnusableCard }) };
  }
  const cards = new InProcessReader({ directory: reader.cards, keyOfValue: softwareKey, random, log });
  return { reader: cards, cards };
}
