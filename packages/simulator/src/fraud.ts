/** Frauds and broken equipment, planted so that the alerts have something to find. */
import { amountOf } from '@retap/model';
import { MemoryMedium } from '@retap/terminal';
import type { Equipment } from './equipment.ts';
import type { Frauds } from './faults.ts';
import type { Layout } from './layout.ts';
import { DAY, HOUR, MINUTE } from './options.ts';
import type { Citizen, Population } from './population.ts';
import type { World } from './world.ts';

/** Plans the frauds of the plan for noon of the second day (of the first, if there is no second). */
export function plantFrauds(world: World, layout: Layout, population: Population): void {
  const { start, days, frauds } = world.plan;
  const chance = world.chance.stream('frauds');
  let at = start + (days > 1 ? DAY : 0) + 12 * HOUR;
  const plant = (count: number, work: (index: number) => Promise<void> | void): void => {
    for (let index = 0; index < count; index += 1) {
      at += MINUTE;
      world.agenda.plan(at, () => work(index));
    }
  };
  const happened = (name: keyof Frauds, terminals: readonly number[], media: Iterable<string>): void => {
    world.counts[name] += 1;
    world.grant(name, terminals, media);
  };
  // No medium is the victim of two: who looks at an alert should find one story behind it.
  const victims = new Set<Citizen>();
  const plantOnMedium = (count: number, work: (victim: Citizen) => void): void => {
    plant(count, function attempt(): void {
      const candidates = population.citizens.filter((c) => !c.isBusy && c.person.medium.account && !victims.has(c));
      // Everybody is on a trip: another minute.
      if (candidates.length === 0) {
        world.agenda.plan(world.now + MINUTE, attempt);
        return;
      }
      const victim = chance.pick(candidates);
      victims.add(victim);
      work(victim);
    });
  };
  plantOnMedium(frauds.clones, ({ person }) => {
    victims.add(population.add({ ...person, medium: new MemoryMedium(person.medium.account) }));
    happened('clones', [], [person.name]);
    world.frauds.push({ kind: 'clone', medium: person.name, at: world.now });
  });
  plantOnMedium(frauds.forged, (victim) => {
    const amount = amountOf(5000);
    population.forge(victim, amount);
    happened('forged', [], [victim.person.name]);
    world.frauds.push({ kind: 'forged-balance', medium: victim.person.name, at: world.now, amount });
  });
  const gates = layout.stations.flat().filter((equipment) => !equipment.isSilent);
  const losers = gates.slice(0, frauds.lostJournals);
  // Without a link since early morning: there is something to lose.
  for (const loser of losers) {
    world.agenda.plan(at - 8 * HOUR, () => {
      loser.offlineUntil = at + DAY;
    });
  }
  plant(losers.length, async (index) => {
    const equipment = losers[index] as Equipment;
    equipment.offlineUntil = world.now;
    const { terminal } = equipment.terminal;
    const media = await equipment.mediaUnsent();
    const successor = await equipment.loseJournal();
    happened('lostJournals', [terminal], media);
    world.frauds.push({ kind: 'lost-journal', terminal, successor, at: world.now });
  });
  for (const equipment of layout.all.filter(({ isSilent }) => isSilent)) {
    happened('silent', [equipment.terminal.terminal], []);
    world.frauds.push({ kind: 'silent-terminal', terminal: equipment.terminal.terminal, at: start });
  }
}
