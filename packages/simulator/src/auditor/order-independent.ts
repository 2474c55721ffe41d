/** `order-independent`: the same records in another order, in other batches, twice; and a rebuild. The state has the same hash. */
import type { JournalRecord, TerminalNumber, Time } from '@retap/model';
import type { Chance } from '../random.ts';
import { beliefOf, digestOf } from './believe.ts';
import { type Breach, breachOf } from './breach.ts';
import type { AuditedCentral, OpenAudited } from './central.ts';
import type { Belief } from './sight.ts';

/** A batch as the centre accepted it. */
export interface Accepted {
  readonly terminal: TerminalNumber;
  readonly body: Uint8Array;
  /** Whether every record of it was applied. */
  readonly isClean: boolean;
}

export interface Replay {
  readonly accepted: readonly Accepted[];
  /** Terminals whose records contradict each other: of them the first received stands, so their order is kept. */
  readonly conflicting: ReadonlySet<TerminalNumber>;
  readonly believed: Belief;
  readonly clockTolerance: number;
  readonly maxDelay: number;
  readonly chance: Chance;
}

export async function* orderIndependent(
  replay: Replay,
  central: AuditedCentral,
  open: OpenAudited,
): AsyncGenerator<Breach> {
  const digest = digestOf(replay.believed);
  const other = await open({ clockTolerance: replay.clockTolerance });
  try {
    await receiveOtherwise(replay, other);
    const shuffled = await beliefAgain(replay, other);
    if (digestOf(shuffled) !== digest) yield difference('received in another order', replay.believed, shuffled);
  } finally {
    await other.close();
  }
  await central.rebuild();
  const rebuilt = await beliefAgain(replay, central);
  if (digestOf(rebuilt) !== digest) yield difference('rebuilt', replay.believed, rebuilt);
}

function beliefAgain({ believed, maxDelay, clockTolerance }: Replay, central: AuditedCentral): Promise<Belief> {
  return beliefOf(central, believed.asOf, { maxDelay, clockTolerance, minimumBalance: 0 as never });
}

async function receiveOtherwise({ accepted, conflicting, chance }: Replay, central: AuditedCentral): Promise<void> {
  let together: { readonly form: 'batch'; readonly body: Uint8Array }[] = [];
  for (const batch of shuffledBut(accepted, conflicting, chance)) {
    for (const body of batch.isClean && chance.happens(0.3) ? pieces(batch, chance) : [batch.body]) {
      together.push({ form: 'batch', body });
      if (chance.happens(0.1)) together.push({ form: 'batch', body });
    }
    if (chance.happens(0.9)) continue;
    await central.receive(together);
    together = [];
    if (chance.happens(0.3)) await central.reconcile();
  }
  await central.receive(together);
}

function shuffledBut(batches: readonly Accepted[], fixed: ReadonlySet<TerminalNumber>, chance: Chance): Accepted[] {
  const shuffled = [...batches];
  for (let index = shuffled.length - 1; index > 0; index -= 1) {
    const other = chance.integer(0, index);
    [shuffled[index], shuffled[other]] = [shuffled[other] as Accepted, shuffled[index] as Accepted];
  }
  const inOrder = batches.filter(({ terminal }) => fixed.has(terminal));
  return shuffled.map((batch) => (fixed.has(batch.terminal) ? (inOrder.shift() as Accepted) : batch));
}

/** The records of a batch in two. */
function pieces({ terminal, body }: Accepted, chance: Chance): readonly Uint8Array[] {
  const { records } = JSON.parse(new TextDecoder().decode(body)) as { readonly records: readonly JournalRecord[] };
  if (records.length < 2) return [body];
  const cut = chance.integer(1, records.length - 1);
  return [records.slice(cut), records.slice(0, cut)].map((piece) => {
    const from = piece[0]?.serial;
    const to = piece.at(-1)?.serial;
    return new TextEncoder().encode(JSON.stringify({ terminal, from, to, records: piece }));
  });
}

/** Names the first thing that differs, so that its story can be told. */
function difference(how: string, one: Belief, other: Belief): Breach {
  const at: Time = one.asOf;
  const say = (medium: string | undefined, a: unknown, b: unknown): Breach =>
    breachOf(
      'order-independent',
      at,
      medium === undefined ? {} : { medium },
      `${how}: ${JSON.stringify(a)} is ${JSON.stringify(b)}`,
    );
  for (const part of ['accounts', 'transactions'] as const) {
    const length = Math.max(one[part].length, other[part].length);
    for (let index = 0; index < length; index += 1) {
      const [a, b] = [one[part][index], other[part][index]];
      if (JSON.stringify(a) !== JSON.stringify(b)) return say((a ?? b)?.medium, a ?? null, b ?? null);
    }
  }
  const known = new Set(other.alerts.map((alert) => JSON.stringify(alert)));
  const lost = one.alerts.find((alert) => !known.has(JSON.stringify(alert)));
  return say(lost && 'medium' in lost ? lost.medium : undefined, lost ?? 'no such alert', 'not there');
}
