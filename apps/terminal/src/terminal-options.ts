/** From the configuration file to what a terminal is made of. */
import type { MediumName } from '@retap/model';
import type { Action, ActionList, Limits, TerminalOptions } from '@retap/terminal';
import type { TerminalClock } from './clock/terminal-clock.ts';
import type { Configuration } from './configuration/configuration.ts';
import type { ActionEntry } from './configuration/schema.ts';
import type { Steering } from './lists/steering.ts';

/** All of a terminal's options that are the operator's. */
export type ConfiguredOptions = Omit<
  TerminalOptions,
  'store' | 'sealer' | 'sha256' | 'isLogTime' | 'signer' | 'isLicensed'
> &
  Steering;

export function terminalOptions(configuration: Configuration, clock: TerminalClock): ConfiguredOptions {
  const { terminal, retapWindow, siblings, denyList, journalKeep } = configuration;
  return {
    terminal,
    clock: clock.now,
    clockSetAt: clock.setAt,
    clockSetMax: clock.setMax,
    limits: limitsOf(configuration.limits),
    clockTolerance: configuration.clock.tolerance,
    retapWindow,
    siblings: new Set(siblings),
    denyList: new Set<MediumName>(denyList),
    actions: actionList(configuration.actions),
    // A segment is a mebibyte of records.
    keep: { ageMax: journalKeep.ageMax, segmentsMax: journalKeep.mebibytesMax },
  };
}

function limitsOf(limits: Configuration['limits']): Limits {
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as Limits;
}

function actionList(entries: readonly ActionEntry[]): ActionList {
  const actions = new Map(entries.map((entry) => [`${entry.medium} ${entry.serial}`, actionOf(entry)]));
  return (medium, serial) => actions.get(`${medium} ${serial}`) ?? null;
}

function actionOf(entry: ActionEntry): Action {
  if (entry.kind !== 'product') return entry;
  const { code, validFrom, validUntil, maxUses } = entry.product;
  const product = {
    code,
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    ...(maxUses !== undefined && { maxUses }),
  };
  return { ...entry, product };
}
