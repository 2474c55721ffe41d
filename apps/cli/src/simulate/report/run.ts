/** Lives a preset's city before a centre in this process, and judges the centre by what really happened. */
import { type Central, openCentral } from '@retap/central';
import { type CommitStatus, DEFAULT_CONFIGURATION, type Time } from '@retap/model';
import { City, type CityEvent, cityOf, type Preset, Tally, type Truth } from '@retap/simulator';
import { isPostgres } from '../../database.ts';
import { ProgressLine } from '../../progress.ts';
import { type Shell, stopIfInterrupted } from '../../shell.ts';
import { formatCount } from '../../text.ts';
import { VERSION } from '../../version.ts';
import { AlertLooks } from './alert-looks.ts';
import { CentreFeed } from './centre-feed.ts';
import type { Figures } from './figures.ts';
import { compared } from './paper.ts';
import { confusionOf, doubtAt, fatesOf, settlingOf } from './torn-taps.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface RunOptions {
  readonly preset: Preset;
  readonly seed: string;
  readonly scale: number;
  /** Null: an embedded one that is gone afterwards. */
  readonly database: string | null;
  readonly shell: Shell;
  /** Each event of the city, before the centre gets it: to be written to files. */
  readonly onEvent?: (event: CityEvent) => Promise<void>;
}

export interface Run {
  readonly truth: Truth;
  readonly figures: Figures;
}

/** @throws RangeError where the preset makes no city */
export async function runCity(options: RunOptions): Promise<Run> {
  const { preset, seed, scale, shell, database } = options;
  let city: City | null = null;
  const tally: Tally = new Tally(preset.calendar, () => city?.now ?? 0);
  city = await City.found(cityOf(preset, seed, scale), tally);
  const central = await openCentral({
    database,
    now: shell.now,
    clockTolerance: Math.round(preset.centre.clockToleranceSeconds * 1000),
  });
  try {
    return await new CityRun(options, city, central, tally).live();
  } finally {
    await central.close();
  }
}

class CityRun {
  readonly #options: RunOptions;
  readonly #city: City;
  readonly #central: Central;
  readonly #tally: Tally;
  readonly #feed: CentreFeed;
  readonly #alerts: AlertLooks;
  readonly #looks: Time[] = [];
  readonly #progress: ProgressLine;
  readonly #startedAt: number;
  /** Begin of the first operating day, end of the last. */
  readonly #from: Time;
  readonly #until: Time;

  constructor(options: RunOptions, city: City, central: Central, tally: Tally) {
    const { preset, shell, seed, scale } = options;
    this.#options = options;
    this.#city = city;
    this.#central = central;
    this.#tally = tally;
    this.#feed = new CentreFeed(central);
    this.#alerts = new AlertLooks(central);
    this.#progress = new ProgressLine(shell);
    this.#startedAt = shell.elapsed();
    this.#from = cityOf(preset, seed, scale).start ?? 0;
    this.#until = this.#from + preset.calendar.days * DAY;
  }

  async live(): Promise<Run> {
    try {
      await this.#passMonth();
      const truth = this.#city.truth();
      return { truth, figures: await this.#conclude(truth) };
    } finally {
      this.#progress.clear();
    }
  }

  /** The month, and after it until the last record is late: an alert that waits for `maxDelay` must have come. */
  async #passMonth(): Promise<void> {
    const { preset, shell, onEvent } = this.#options;
    const lookEvery = preset.centre.lookHours * HOUR;
    let nextLook = this.#from;
    for await (const event of this.#city.events()) {
      stopIfInterrupted(shell);
      await onEvent?.(event);
      if (event.kind === 'journal') continue;
      for (; event.at >= nextLook; nextLook += lookEvery) await this.#look(nextLook);
      this.#tally.delivered(event);
      await this.#feed.add(event);
      this.#show(event.at);
    }
    const last = this.#city.now + (preset.centre.maxDelayHours + 1) * HOUR;
    for (; nextLook < last + lookEvery; nextLook += lookEvery) await this.#look(nextLook);
  }

  async #look(at: Time): Promise<void> {
    await this.#feed.settle();
    await this.#alerts.look(at);
    this.#looks.push(at);
  }

  #show(at: Time): void {
    this.#progress.show((seconds) => {
      const day = Math.floor((at - this.#from) / DAY) + 1;
      const taps = this.#city.counts.taps;
      const rate = formatCount(Math.round(taps / Math.max(seconds, 0.001)));
      const share = (at - this.#from) / (this.#until - this.#from);
      const left = share > 0.01 ? `, ${formatCount(Math.ceil((seconds * (1 - share)) / share))} s left` : '';
      return `day ${Math.max(0, day)} of ${this.#options.preset.calendar.days}: ${formatCount(taps)} taps, ${rate}/s${left}`;
    });
  }

  async #conclude(truth: Truth): Promise<Figures> {
    const { preset, seed, scale, database, shell } = this.#options;
    const { counts } = this.#city;
    const { successful, statuses } = await this.#atCentre();
    const fates = fatesOf(this.#tally, statuses, this.#central.clockTolerance);
    const { taps, torn: _torn, completed, refused, deliveries: _deliveries, ...faults } = counts;
    const figures: Omit<Figures, 'comparison'> = {
      preset: preset.name,
      description: preset.description,
      compareWith: preset.compareWith,
      seed,
      scale,
      version: VERSION,
      database: database !== null && isPostgres(database) ? 'postgresql' : 'embedded',
      utcOffsetHours: preset.calendar.utcOffsetHours,
      lookHours: preset.centre.lookHours,
      size: {
        accounts: Object.keys(truth.media).length,
        terminals: cityOf(preset, seed, scale).terminals,
        active: Object.values(truth.media).filter(({ mediumSerial }) => mediumSerial > 0).length,
      },
      days: this.#days(),
      records: this.#feed.records,
      refusedUploads: this.#feed.refused,
      quarantined: this.#feed.quarantined,
      settling: settlingOf(fates, this.#from, this.#until),
      doubt: doubtAt(
        fates,
        this.#looks.filter((at) => at <= this.#until),
      ),
      confusion: confusionOf(this.#tally, statuses),
      successfulAtCentre: successful,
      commitsInside: this.#tally.commits,
      alerts: this.#alerts.figures(truth),
      service: this.#city.serviceTimes,
      faults: { ...faults, completed, refused },
      violations: this.#city.violations().length,
      taps,
      seconds: (shell.elapsed() - this.#startedAt) / 1000,
    };
    return { ...figures, comparison: preset.compareWith === 'nothing' ? [] : compared(figures) };
  }

  #days(): Figures['days'] {
    const noon = Array.from({ length: this.#options.preset.calendar.days }, (_, day) => this.#from + (day + 0.5) * DAY);
    return noon.map((time) => this.#tally.dayOf(time));
  }

  /** What the centre's report says in the end: successful transactions, and the status of each torn one. */
  async #atCentre(): Promise<{ readonly successful: number; readonly statuses: Map<string, CommitStatus> }> {
    const statuses = new Map<string, CommitStatus>();
    let successful = 0;
    const report = this.#central.report(this.#looks.at(-1) ?? 0, DEFAULT_CONFIGURATION);
    for await (const { terminal, serial, status } of report.transactions()) {
      if (status === 'successful') successful += 1;
      const identity = `${terminal}-${serial}`;
      if (this.#tally.torn.has(identity)) statuses.set(identity, status);
    }
    await report.close();
    return { successful, statuses };
  }
}
