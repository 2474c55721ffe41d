/** Frauds with media: a copy, an old state, a balance that nobody paid for, and a row that an insider edits. */
import { amountOf, type MediumAccount } from '@retap/model';
import { MemoryMedium } from '@retap/terminal';
import { HOUR } from './options.ts';
import type { Planting } from './planting.ts';
import type { Citizen, Population } from './population.ts';

/** Commits between the state that is put back and the one that it replaces: at least so many. */
const COMMITS_UNDONE = 2;

export function plantOnMedia(planting: Planting, population: Population): void {
  const { world } = planting;
  const { frauds } = world.plan;
  planting.planOnMedium(frauds.clones, ({ person }) => {
    planting.spare(population.add({ ...person, medium: new MemoryMedium(person.medium.account) }));
    planting.happened('clones', { kind: 'clone', medium: person.name, at: world.now }, [], [person.name]);
  });
  planting.planOnMedium(frauds.forged, (victim) => {
    const { person } = victim;
    const amount = amountOf(5000);
    const account = person.medium.account as MediumAccount;
    population.alter(victim, { ...account, balance: amountOf(account.balance + amount) });
    const fraud = { kind: 'forged-balance', medium: person.name, at: world.now, amount } as const;
    planting.happened('forged', fraud, [], [person.name]);
  });
  planting.planOnMedium(frauds.rolledBack, (victim) => {
    rollBackLater(victim, victim.person.medium.account as MediumAccount, planting, population);
  });
  planting.planOnMedium(frauds.editedRows, async ({ person }) => {
    const isEdited = (await world.centre?.tamper?.(person.name)) ?? false;
    if (!isEdited) return;
    planting.happened('editedRows', { kind: 'edited-row', medium: person.name, at: world.now }, [], [person.name]);
  });
}

/** Puts back the state of now once the medium has gone on from it. */
function rollBackLater(victim: Citizen, old: MediumAccount, planting: Planting, population: Population): void {
  const { world } = planting;
  const { person } = victim;
  world.agenda.plan(world.now + HOUR, () => {
    if (world.isClosing) return;
    const serial = person.medium.account?.mediumSerial ?? 0;
    if (victim.isBusy || serial < old.mediumSerial + COMMITS_UNDONE) {
      rollBackLater(victim, old, planting, population);
      return;
    }
    population.alter(victim, old);
    planting.happened('rolledBack', { kind: 'rolled-back', medium: person.name, at: world.now }, [], [person.name]);
  });
}
