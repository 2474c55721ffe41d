/** Taps simulated a second, on one core: the production terminal on media in memory, a whole city, and cards with their protocol. */
import { MemoryJournal } from '@retap/terminal';
import { type Clocks, livedCity, TapsAlone, type Measured as Timed, timed } from '../../bench-simulate/measure.ts';
import { BenchCard } from '../../bench-tap/bench-card.ts';
import { GATE, TimedChannel, terminalOf, timedTap } from '../../bench-tap/measure.ts';
import type { Shell } from '../../shell.ts';
import type { BenchContext, Measured, Suite } from '../suite.ts';

/** Taps before any is counted: the compiler has not seen the code yet. */
const WARM_UP = 5_000;
/** A card's tap takes so many times longer. */
const CARD_PART = 25;
const CITY = { days: 2, terminals: 80 };
/** Taps of the city for each medium and day, roughly. */
const TAPS_A_MEDIUM = 8;

export const simulator: Suite = {
  name: 'simulator',
  ids: ['simulator-taps', 'simulator-city', 'simulator-cards'],
  async pass({ sizes: { taps }, seed, shell, doing }: BenchContext): Promise<Measured> {
    const clocks: Clocks = { elapsed: shell.elapsed, computed };
    doing('one terminal');
    const bench = await TapsAlone.prepare(shell.now());
    await bench.run(Math.min(WARM_UP, taps));
    const alone = await timed(clocks, async () => {
      await bench.run(taps);
      return { taps };
    });
    doing('a city');
    const media = Math.max(100, Math.round(taps / TAPS_A_MEDIUM));
    const city = await timed(clocks, () => livedCity({ ...CITY, media, seed }, () => {}));
    doing('cards');
    const cards = await cardTaps(Math.max(10, Math.round(taps / CARD_PART)), clocks, shell);
    return { 'simulator-taps': rateOf(alone), 'simulator-city': rateOf(city), 'simulator-cards': rateOf(cards) };
  },
};

/** By the time that this process computed: what one core does, whatever else the machine does. */
const rateOf = ({ taps, ownSeconds }: Timed): number => taps / ownSeconds;

/** Of all threads of the process, in milliseconds. */
function computed(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function cardTaps(taps: number, clocks: Clocks, { now, elapsed }: Shell): Promise<Timed> {
  const terminal = await terminalOf(GATE, new MemoryJournal(), now);
  const card = await BenchCard.issue('full', terminal);
  const tap = async (): Promise<void> => {
    let channel: TimedChannel | null = null;
    const medium = card.inProcess(GATE, (inner) => (channel = new TimedChannel(inner, elapsed)));
    if (channel) await timedTap(terminal, medium, 'debit', channel, elapsed, { total: [], own: [] });
  };
  for (let warm = 0; warm < Math.min(taps, WARM_UP / CARD_PART); warm += 1) await tap();
  return timed(clocks, async () => {
    for (let left = taps; left > 0; left -= 1) await tap();
    return { taps };
  });
}
