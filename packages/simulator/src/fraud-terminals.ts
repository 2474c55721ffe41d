/** Frauds with terminals, and what looks like one: silent, stolen, put back to an old state, without its journal, and forged. */
import { amountOf, type MediumAccount, type RefillRecord } from '@retap/model';
import { encodeBatch } from '@retap/protocol';
import type { Equipment } from './equipment.ts';
import type { Layout } from './layout.ts';
import { DAY, HOUR } from './options.ts';
import type { Planting } from './planting.ts';

/** How old the image is that a disk is put back to. */
const IMAGE_AGE = 6 * HOUR;
/** What a forged batch says was paid in. */
const FORGED_REFILL = amountOf(5000);

export type Bring = (equipment: Equipment, serial: number, bytes: Uint8Array) => Promise<void>;

/** @param bring brings bytes to the centre in a terminal's name */
export function plantOnTerminals(planting: Planting, layout: Layout, bring: Bring): void {
  const { frauds, start } = planting.world.plan;
  const gates = layout.stations.flat().filter(({ isSilent }) => !isSilent);
  // No terminal has two of these, as long as there are enough of them.
  const taken = (count: number): Equipment[] => gates.splice(0, count);
  plantLosers(planting, taken(frauds.lostJournals));
  plantStolen(planting, taken(frauds.stolen));
  plantRestored(planting, taken(frauds.restored));
  plantForged(planting, taken(frauds.forgedBatches), bring);
  for (const equipment of layout.all.filter(({ isSilent }) => isSilent)) {
    const { terminal } = equipment.terminal;
    const fraud = { kind: 'silent-terminal', terminal, at: start } as const;
    ail(equipment, planting.happened('silent', fraud, [terminal], []));
  }
}

/** Media that are held to it from now on may lack a record for it. */
function ail(equipment: Equipment, concerned: ReturnType<Planting['happened']>): void {
  equipment.ails = { ...concerned, isBlind: false };
}

function plantLosers(planting: Planting, losers: readonly Equipment[]): void {
  const { world } = planting;
  // Without a link since early morning: there is something to lose.
  for (const loser of losers) {
    const until = planting.at + DAY;
    world.agenda.plan(planting.at - 8 * HOUR, () => {
      loser.offlineUntil = until;
    });
  }
  planting.plan(losers.length, async (index) => {
    const equipment = losers[index] as Equipment;
    equipment.offlineUntil = world.now;
    const { terminal } = equipment.terminal;
    const media = await equipment.mediaUnsent();
    const successor = await equipment.loseJournal();
    const fraud = { kind: 'lost-journal', terminal, successor, at: world.now } as const;
    planting.happened('lostJournals', fraud, [terminal], media);
  });
}

function plantStolen(planting: Planting, stolen: readonly Equipment[]): void {
  planting.plan(stolen.length, async (index) => {
    const equipment = stolen[index] as Equipment;
    const { terminal } = equipment.terminal;
    const media = await equipment.mediaUnsent();
    equipment.isSilent = true;
    equipment.sending = null;
    const fraud = { kind: 'stolen-terminal', terminal, at: planting.world.now } as const;
    ail(equipment, planting.happened('stolen', fraud, [terminal], media));
  });
}

function plantRestored(planting: Planting, restored: readonly Equipment[]): void {
  const { world } = planting;
  const images = new Map<Equipment, Equipment['image']>();
  for (const equipment of restored) {
    world.agenda.plan(planting.at - IMAGE_AGE, () => void images.set(equipment, equipment.image));
  }
  planting.plan(restored.length, async (index) => {
    const equipment = restored[index] as Equipment;
    const { terminal } = equipment.terminal;
    const media = await equipment.mediaUnsent();
    const fraud = { kind: 'restored-terminal', terminal, at: world.now } as const;
    ail(equipment, planting.happened('restored', fraud, [terminal], media));
    await equipment.restore(images.get(equipment) ?? equipment.image);
  });
}

function plantForged(planting: Planting, victims: readonly Equipment[], bring: Bring): void {
  let next = 0;
  planting.planOnMedium(victims.length, async ({ person }) => {
    const equipment = victims[next] as Equipment;
    next += 1;
    const { terminal } = equipment.terminal;
    const record = forgedRefill(equipment, person.name, person.medium.account as MediumAccount, planting.world.now);
    const fraud = { kind: 'forged-batch', terminal, medium: person.name, at: planting.world.now } as const;
    ail(equipment, planting.happened('forgedBatches', fraud, [terminal], [person.name]));
    for (const medium of await equipment.mediaUnsent()) equipment.ails?.media.add(medium);
    const { serial } = record;
    await bring(equipment, serial, encodeBatch({ terminal, from: serial, to: serial, records: [record] }));
  });
}

/** Under the serial that the terminal gives next to what it sends: one of the two will not count. */
function forgedRefill(equipment: Equipment, medium: string, account: MediumAccount, time: number): RefillRecord {
  return {
    terminal: equipment.terminal.terminal,
    serial: equipment.sentTo + 1,
    type: 'refill',
    medium,
    time: Math.max(time, account.lastTime + 1),
    lastTime: account.lastTime,
    lastTerminal: account.lastTerminal,
    amount: FORGED_REFILL,
    balance: amountOf(account.balance + FORGED_REFILL),
    status: 'successful',
    mediumSerial: account.mediumSerial + 1,
  };
}
