/** The process of a terminal: a card comes, gets what is selected, the screen says how it went, the card goes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '@retap/card';
import type { Amount, MediumName } from '@retap/model';
import { BatchSize } from '@retap/terminal';
import { Asking, askOf } from './asking.ts';
import { keepAsking } from './clock/asking.ts';
import { keepRenewing } from './enrolment/renewing.ts';
import { Fitness } from './fitness.ts';
import { keepFetching } from './lists/fetching.ts';
import { Offering } from './lists/offering.ts';
import { faultFields, type Log } from './log.ts';
import { Pause } from './pause.ts';
import { type HeldCard, ReaderError } from './reader.ts';
import type { Command } from './screen/command.ts';
import { type Message, messageOfReading, messageOfRefusal, messageOfTap } from './screen/message.ts';
import { Screen } from './screen/screen.ts';
import { type ScreenServer, serveScreen } from './screen/server.ts';
import { SeenMedium } from './seen-medium.ts';
import { Selection } from './selection.ts';
import type { ServedTerminal, ServiceOptions, TerminalService } from './service-options.ts';
import { uplinkBy } from './uplink/by.ts';
import type { NotAccepted } from './uplink/http.ts';
import { keepUploading } from './uploading.ts';

/** How long a reader that failed is left alone, in milliseconds. */
const READER_PAUSE_MS = 1_000;
/** A reader that says nothing for so long is there. */
const READER_THERE_MS = 300;
/** How often the terminal is asked whether it may serve. */
const LOOK_MS = 1_000;
/** Who has to hold the card again needs longer to read so than who may go. */
const AGAIN_FACTOR = 4;

/** @throws system errors of listening: `EADDRINUSE`, `EACCES` */
export async function startTerminal(options: ServiceOptions): Promise<TerminalService> {
  const service = new Service(options);
  const { host, port } = options.configuration.screen;
  const { screen, log } = service;
  const server = await serveScreen({ screen, host, port, onCommand: (command) => service.obey(command), log });
  service.run();
  return {
    url: server.url,
    unusableCard: (why) => service.unusableCard(why),
    stop: () => service.stop(server),
  };
}

/** A tap that came to a record. */
type Ended = Parameters<ServedTerminal['shown']>[0];

class Service {
  readonly screen: Screen;
  readonly log: Log;
  readonly #options: ServiceOptions;
  readonly #selection: Selection;
  readonly #stopping = new AbortController();
  readonly #fitness: Fitness;
  #running: Promise<unknown> = Promise.resolve();
  /** Ends the message of a tap. */
  #return: NodeJS.Timeout | null = null;
  /** Whose tap the message is about. */
  #shownTo: MediumName | null = null;
  #stopped: Promise<void> | null = null;
  readonly #untilUpload = new Pause(this.#stopping.signal);

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.log = options.log;
    this.screen = new Screen(options.configuration);
    const offering = new Offering(options.configuration, options.lists ?? null, options.log);
    this.#selection = new Selection(options.configuration, offering, options.now);
    this.#fitness = new Fitness(options.terminal, this.#stopping.signal);
    this.#rest();
    this.screen.update({ waiting: options.terminal.unsent.count, lists: options.lists?.versions ?? null });
    options.cards?.watch((cards) => this.screen.update({ cards }));
  }

  run(): void {
    this.#running = Promise.all([
      this.#serveCards(),
      this.#upload(),
      this.#renew(),
      this.#fetchLists(),
      this.#askTime(),
      this.#watchItself(),
    ]);
    // Whoever stops the service sees the fault; until then it must not end the process without a word.
    this.#running.catch((error) => this.log('error', 'service-failed', faultFields(error)));
  }

  stop(server: ScreenServer): Promise<void> {
    this.#stopped ??= (async () => {
      this.#stopping.abort();
      this.#rest();
      try {
        await this.#running;
      } finally {
        this.#clearReturn();
        await this.#options.reader.close();
        await server.stop();
      }
    })();
    return this.#stopped;
  }

  /** What the page asks for. What there is not is not done: the page sees it by what does not change. */
  obey(command: Command): void {
    const { cards } = this.#options;
    if (command.do === 'choose') this.#select(this.#selection.choose(command.offer));
    if (command.do === 'enter') this.#select(this.#selection.enter(command.type, command.amount));
    if (command.do === 'cancel') {
      this.#selection.cancel();
      this.#select(true);
    }
    if (command.do === 'hold') cards?.hold(command.card, command.leaves);
    if (command.do === 'pull') cards?.pull();
  }

  unusableCard(why: string): void {
    this.log('info', 'card-unusable', { why });
    if (this.#fitness.message.kind === 'ready') this.#show({ kind: 'again', reason: 'unreadable' });
  }

  /** What was chosen must be seen at once, and not the last tap. */
  #select(isDone: boolean): void {
    if (isDone) this.#rest();
  }

  async #serveCards(): Promise<void> {
    const { reader } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const back = setTimeout(() => this.#setReaderFault(null), READER_THERE_MS);
      try {
        const card = await reader.waitForCard(signal);
        this.#fitness.readerFault = null;
        await this.#serve(card);
        await reader.waitForRemoval(signal);
      } catch (error) {
        if (signal.aborted) break;
        clearTimeout(back);
        const fault = error instanceof ReaderError ? 'reader' : 'fault';
        // Once, not every second for as long as the reader is away.
        if (fault !== this.#fitness.readerFault)
          this.log('error', 'reader-fault', { reader: reader.name, ...faultFields(error) });
        this.#setReaderFault(fault);
        await sleep(READER_PAUSE_MS, undefined, { signal }).catch(() => {});
      } finally {
        clearTimeout(back);
      }
    }
  }

  async #serve(card: HeldCard): Promise<void> {
    const medium: MediumName = toHex(card.uid);
    try {
      if (this.#isSameTap(medium)) return;
      const { message, shown } = await this.#tap(card, medium);
      if (message.kind === 'again') this.#selection.keepFor(medium);
      else this.#selection.cancel();
      this.#fitness.learn(message);
      this.log('info', 'tap', { medium, message: message.kind, reason: 'reason' in message ? message.reason : null });
      this.screen.update({ waiting: this.#options.terminal.unsent.count });
      this.#showSelection();
      this.#shownTo = medium;
      if (message.kind === 'out-of-service') this.#rest();
      else this.#show(message);
      if (shown) await this.#options.terminal.shown(shown);
    } finally {
      await card.close();
    }
  }

  /**
   * A card at the edge of the field leaves and comes back: while its own go is still shown it is the same tap, and not charged
   * again. Who chooses something anew ends the message, and means another.
   */
  #isSameTap(medium: MediumName): boolean {
    const { kind } = this.screen.state.message;
    return medium === this.#shownTo && (kind === 'go' || kind === 'account');
  }

  /** What to say, and whose end it is, to be noted once it is said. */
  async #tap(card: HeldCard, name: MediumName): Promise<{ message: Message; shown: Ended | null }> {
    const { terminal, mediumOf } = this.#options;
    const request = this.#selection.requestOf(name);
    const seen = new SeenMedium(mediumOf(card), request === null);
    const balance = (): Amount | null => seen.reading?.account.balance ?? null;
    if (request) {
      const outcome = await terminal.tap(seen, request, (since) => this.#selection.requestsSince(name, since));
      return { message: messageOfTap(outcome, balance()), shown: 'record' in outcome ? outcome : null };
    }
    const observed = await terminal.observe(seen);
    if (observed.outcome === 'refused') {
      return { message: messageOfRefusal(observed.reason, balance()), shown: null };
    }
    if (seen.reading === null) throw new Error('a medium was observed and not read');
    return { message: messageOfReading(seen.reading, observed.isDenied), shown: null };
  }

  /** Shows how a tap went, for a while. */
  #show(message: Message): void {
    this.#clearReturn();
    this.screen.show(message);
    const { messageFor } = this.#options.configuration.screen;
    const shownFor = message.kind === 'again' ? messageFor * AGAIN_FACTOR : messageFor;
    this.#return = setTimeout(() => {
      // Whoever should have held the card again has gone: the choice was theirs.
      if (message.kind === 'again') this.#selection.cancel();
      this.#rest();
    }, shownFor);
  }

  /** Shows what is true between taps. A gate that seems ready and is not would be worse than one that says so. */
  #rest(): void {
    this.#clearReturn();
    this.#showSelection();
    const message = this.#fitness.message;
    if (JSON.stringify(message) !== JSON.stringify(this.screen.state.message)) this.screen.show(message);
  }

  /** A clock that is set, or was not for too long, is nobody's event: it has to be looked for. */
  async #watchItself(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      if (this.#return === null) this.#rest();
      await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    }
  }

  #setReaderFault(fault: 'reader' | 'fault' | null): void {
    if (this.#fitness.readerFault === fault) return;
    this.#fitness.readerFault = fault;
    this.#rest();
  }

  #showSelection(): void {
    const { offers, current: selected, isDefault } = this.#selection;
    this.screen.update({ offers, selected, isDefault });
  }

  #clearReturn(): void {
    if (this.#return) clearTimeout(this.#return);
    this.#return = null;
  }

  async #upload(): Promise<void> {
    const { configuration, terminal, enrolled, now, random, log } = this.#options;
    const { centre } = configuration;
    const { signal } = this.#stopping;
    if (!centre) return;
    const size = new BatchSize();
    const onAnswer = (why: NotAccepted | null): void => this.screen.update({ notAccepted: why });
    const uplink = uplinkBy(centre.by, { centre: centre.url, signal, now, onAnswer, log });
    const identity = enrolled?.identity;
    const ask = identity && askOf({ centre: centre.url, terminal: configuration.terminal, identity, now, signal, log });
    const asking = new Asking({
      ...{ source: terminal, uplink, size, ask: ask ?? null, every: centre.askEvery, now, random, signal, log },
    });
    await keepUploading({
      ...{ source: terminal, uplink, size, asking },
      pause: this.#untilUpload,
      every: centre.uploadEvery,
      random,
      signal,
      onAcknowledged: () => {
        this.#fitness.forget();
        this.screen.update({ waiting: terminal.unsent.count });
      },
      log,
    });
  }

  async #renew(): Promise<void> {
    const { configuration, enrolled, now, random, log } = this.#options;
    const { centre } = configuration;
    const { signal } = this.#stopping;
    if (!centre || !enrolled) return;
    const pause = new Pause(signal);
    // What was refused for the old licence is sent at once.
    const onRenewed = (): void => this.#untilUpload.end();
    await keepRenewing({ centre: centre.url, ...enrolled, now, random, signal, pause, onRenewed, log });
  }

  async #fetchLists(): Promise<void> {
    const { configuration, enrolled, lists, now, random, log } = this.#options;
    const { centre, terminal } = configuration;
    const { signal } = this.#stopping;
    if (!centre || !enrolled || !lists) return;
    const pause = new Pause(signal);
    const onTaken = (): void => this.screen.update({ lists: lists.versions });
    const { identity } = enrolled;
    const every = centre.uploadEvery;
    await keepFetching({
      centre: centre.url,
      terminal,
      lists,
      identity,
      now,
      every,
      random,
      signal,
      pause,
      onTaken,
      log,
    });
  }

  async #askTime(): Promise<void> {
    const { configuration, enrolled, measuring, random, log } = this.#options;
    const { centre, terminal } = configuration;
    const { signal } = this.#stopping;
    if (!centre || !measuring) return;
    await keepAsking({
      ...{ ...measuring, centre: centre.url, terminal, random, signal, pause: new Pause(signal), log },
      enrolled: enrolled ? { identity: enrolled.identity, centre: () => enrolled.licence.centre } : null,
      onMeasured: () => {
        this.screen.update({ clock: measuring.clock.report() });
        // A clock that was not set until now kept it out of service.
        if (this.#return === null) this.#rest();
      },
    });
  }
}
