/** What lists and configuration together say to a terminal, asked anew at each tap. */
import type { MediumName } from '@retap/model';
import type { ListedLimits } from '@retap/protocol';
import type { Action, ActionList, Limits } from '@retap/terminal';
import type { HeldLists } from './held-lists.ts';

/** Of the terminal's options those that lists speak to. */
export interface Steering {
  readonly denyList: { has(medium: MediumName): boolean };
  readonly actions: ActionList;
  readonly limits: Limits;
}

/** A list that is held takes the place of what the configuration says, until it expires. */
export function steeredBy(lists: HeldLists, configured: Steering): Steering {
  const denied = remembered((media: readonly MediumName[]) => new Set(media));
  const ordered = remembered(
    (actions: readonly Action[]) => new Map(actions.map((action) => [`${action.medium} ${action.serial}`, action])),
  );
  return {
    denyList: {
      has(medium) {
        const held = lists.of('deny');
        // Also of one that has expired: who was denied stays so until somebody says otherwise.
        return held ? denied(held.list.entries).has(medium) : configured.denyList.has(medium);
      },
    },
    actions(medium, serial) {
      const held = lists.of('actions');
      if (held === null) return configured.actions(medium, serial);
      return held.isExpired ? null : (ordered(held.list.entries).get(`${medium} ${serial}`) ?? null);
    },
    get limits() {
      const held = lists.of('limits');
      if (held === null) return configured.limits;
      const { entries } = held.list;
      return held.isExpired ? stricter(configured.limits, entries) : limitsOf({ ...configured.limits, ...entries });
    },
  };
}

/** Of each limit the one that allows less. */
export function stricter(configured: Limits, listed: ListedLimits): Limits {
  const limits: Record<string, number> = { ...configured };
  for (const [name, limit] of Object.entries(listed)) {
    const own = limits[name];
    limits[name] = own === undefined ? limit : name === 'minimumBalance' ? Math.max(own, limit) : Math.min(own, limit);
  }
  return limitsOf(limits);
}

/** The protocol has checked them; only the model's mark of an amount is missing. */
function limitsOf(
  limits: Readonly<Record<string, number>> | (Omit<Limits, keyof ListedLimits> & ListedLimits),
): Limits {
  return limits as Limits;
}

/** The same entries are indexed once. */
function remembered<Entries extends object, Index>(indexOf: (entries: Entries) => Index): (entries: Entries) => Index {
  let last: { readonly entries: Entries; readonly index: Index } | null = null;
  return (entries) => {
    if (last?.entries !== entries) last = { entries, index: indexOf(entries) };
    return last.index;
  };
}
