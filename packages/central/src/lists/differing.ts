/** What differs between two contents of one list, entry by entry, as a person reads it. */
import type { Time } from '@retap/model';
import type { ListEntries, ListKind, Tariff } from '@retap/protocol';
import { canonicalJson } from '../audit/line.ts';
import type { AuditDetail } from '../audit/port.ts';
import type { EntryChange } from './port.ts';

interface Said {
  readonly entry: string;
  readonly validFrom: Time | null;
  readonly value: AuditDetail;
}

/** In the order of entries; those of a tariff by the time from which it holds. */
export function entriesDiffering<Kind extends ListKind>(
  kind: Kind,
  older: ListEntries[Kind],
  newer: ListEntries[Kind],
): EntryChange[] {
  const [before, after] = [saidIn(kind, older), saidIn(kind, newer)];
  const changes: EntryChange[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key), after.get(key)];
    if (was && is && canonicalJson(was.value) === canonicalJson(is.value)) continue;
    const { entry, validFrom } = (is ?? was) as Said;
    const what = !was ? 'added' : !is ? 'removed' : 'changed';
    changes.push({ what, entry, validFrom, before: was?.value ?? null, after: is?.value ?? null });
  }
  return changes.sort(byEntry);
}

function byEntry(one: EntryChange, other: EntryChange): number {
  if (one.validFrom !== other.validFrom) return (one.validFrom ?? 0) - (other.validFrom ?? 0);
  if (one.entry === other.entry) return 0;
  return one.entry < other.entry ? -1 : 1;
}

function saidIn<Kind extends ListKind>(kind: Kind, entries: ListEntries[Kind]): Map<string, Said> {
  const said = SAID[kind](entries);
  return new Map(said.map((each) => [`${each.validFrom} ${each.entry}`, each]));
}

const SAID: { readonly [Kind in ListKind]: (entries: ListEntries[Kind]) => Said[] } = {
  deny: (media) => media.map((medium) => always(medium, medium)),
  actions: (actions) =>
    actions.map(({ medium, serial, ...what }) => always(`${medium} ${serial}`, what as unknown as AuditDetail)),
  limits: (limits) => Object.entries(limits).map(([name, limit]) => always(name, limit ?? null)),
  tariff: (tariffs) => tariffs.flatMap(tariffSaid),
};

function always(entry: string, value: AuditDetail): Said {
  return { entry, validFrom: null, value };
}

/** A fare or a product is known by its code, a part by role and terminals, so that a new price shows as one. */
function tariffSaid({ validFrom, currency, fares, products, parts }: Tariff): Said[] {
  const from = (entry: string, value: unknown): Said => ({ entry, validFrom, value: value as AuditDetail });
  return [
    from('currency', currency),
    ...fares.flatMap(({ code, name, amount }) => [from(`fare ${code}`, amount), from(`fare ${code} name`, name)]),
    ...products.flatMap(({ code, price, name, ...conditions }) => [
      from(`product ${code}`, price),
      from(`product ${code} name`, name),
      from(`product ${code} conditions`, conditions),
    ]),
    // No terminal is in two parts of a role.
    ...parts.map(({ role, ...part }) => from(`part ${role} ${part.terminals[0] ?? ''}`.trim(), part)),
  ];
}
