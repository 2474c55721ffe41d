import { type Alert, amountOf, type JournalRecord } from '@retap/model';
import { relocated } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ALERT_CASES,
  CASES_AS_OF,
  CASES_CLOCK_TOLERANCE,
  CASES_MAX_DELAY,
  withoutCondition,
} from '../../model/test/alert-cases.ts';
import { told } from '../../model/test/told.ts';
import { type Central, openCentral } from '../src/index.ts';
import { journalPiece, reportOf } from './incremental.ts';

const CONFIGURATION = {
  maxDelay: CASES_MAX_DELAY,
  clockTolerance: CASES_CLOCK_TOLERANCE,
  minimumBalance: amountOf(0),
};

/** Many small stories in one database, each with media and terminals of its own. */
class Stories {
  readonly #central: Central;
  readonly #numbers = new Map<string, number>();

  constructor(central: Central) {
    this.#central = central;
  }

  records(name: string, lines: readonly string[]): JournalRecord[] {
    const number = this.#numbers.get(name) ?? this.#numbers.size;
    this.#numbers.set(name, number);
    const base = { name, asOf: 0, configuration: CONFIGURATION };
    return relocated({ ...base, records: told(lines) }, number).records as JournalRecord[];
  }

  receive(records: readonly JournalRecord[]) {
    return this.#central.receive([journalPiece(records)]);
  }

  /** The alerts of each story, as if it were alone. */
  async alerts(asOf: number): Promise<(name: string) => readonly Alert[]> {
    await this.#central.drain();
    const { alerts } = await reportOf(this.#central, { asOf, configuration: CONFIGURATION });
    const found = new Map<number, Alert[]>();
    for (const alert of alerts) {
      const number =
        'terminal' in alert
          ? Math.floor((alert.terminal - 1) / 64)
          : Number(/^h(\d+)/.exec((alert as { medium: string }).medium)?.[1]);
      found.set(number, [...(found.get(number) ?? []), local(alert)]);
    }
    return (name) => found.get(this.#numbers.get(name) ?? -1) ?? [];
  }
}

/** Back to the names in which the story was told. */
function local(alert: Alert): Alert {
  const terminalOf = (terminal: number) => ((terminal - 1) % 64) + 1;
  return {
    ...alert,
    ...('medium' in alert && { medium: alert.medium.replace(/^h\d+\./, '') }),
    ...('terminal' in alert && { terminal: terminalOf(alert.terminal) }),
    ...('transactions' in alert && {
      transactions: alert.transactions.map(({ terminal, serial }) => ({ terminal: terminalOf(terminal), serial })),
    }),
  } as Alert;
}

let central: Central;
let stories: Stories;
beforeAll(async () => {
  central = await openCentral({ database: null, clockTolerance: CASES_CLOCK_TOLERANCE, now: () => 0 });
  stories = new Stories(central);
});
afterAll(() => central.close());

describe('at the centre', () => {
  test('an alert stands as long as its condition, and no longer', async () => {
    const records = ALERT_CASES.flatMap((one, i) => [
      ...stories.records(`${i} with`, one.told),
      ...stories.records(`${i} without`, withoutCondition(one)),
    ]);
    await stories.receive(records.toSorted((a, b) => a.time - b.time));
    const alerts = await stories.alerts(CASES_AS_OF);
    for (const [i, { alert, condition }] of ALERT_CASES.entries()) {
      const ofKind = (name: string) => alerts(name).filter((one) => one.kind === alert.kind);
      expect(ofKind(`${i} with`), condition).toEqual([alert]);
      expect(ofKind(`${i} without`), condition).toEqual([]);
    }
  });

  /** The line (from 0) that arrives last, and what its absence means as soon as 250 is late. */
  const HELD_BACK: readonly (readonly [told: readonly string[], line: number, alerts: readonly Alert['kind'][]])[] = [
    [['100: T1 opens M with 100', '150: T2 debits 10', '250: T3 debits 10'], 1, ['missing-transaction']],
    [
      ['100: T1 opens M with 100', '150: T2 debits 10', '250: T2 debits 10'],
      1,
      ['missing-transaction', 'terminal-serial-gap'],
    ],
    [['100: T1 opens M with 100', '250: T2 reads'], 0, ['missing-transaction', 'unknown-medium']],
    [
      ['100: T1 opens M with 100', '200: T2 buys p for 10', '250: T3 uses p'],
      1,
      ['missing-transaction', 'validation-without-purchase'],
    ],
  ];

  test('a deadline makes an alert as it passes, and what was missing takes it away, without any other record', async () => {
    const due = 250 + CASES_MAX_DELAY;
    const records = HELD_BACK.map(([lines], i) => stories.records(`held back ${i}`, lines));
    await stories.receive(records.flatMap((own, i) => own.filter((_, at) => at !== HELD_BACK[i]?.[1])));
    const kindsAt = async (asOf: number) => {
      const alerts = await stories.alerts(asOf);
      return HELD_BACK.map((_, i) =>
        alerts(`held back ${i}`)
          .map((alert) => alert.kind)
          .sort(),
      );
    };
    const nothing = HELD_BACK.map(() => []);
    const overdue = HELD_BACK.map(([, , kinds]) => kinds);
    expect(await kindsAt(due)).toEqual(nothing);
    expect(await kindsAt(due + 1)).toEqual(overdue);
    expect(await kindsAt(due)).toEqual(nothing);
    await stories.receive(records.flatMap((own, i) => own.filter((_, at) => at === HELD_BACK[i]?.[1])));
    expect(await kindsAt(due + 1)).toEqual(nothing);
    expect(await kindsAt(due * 1000)).toEqual(nothing);
  });

  test('a time ahead of the clock is an alert until the clock has come near it', async () => {
    await stories.receive(stories.records('ahead', ['5000: T1 opens M with 0']));
    const early = 5000 - CASES_CLOCK_TOLERANCE - 1;
    expect((await stories.alerts(early))('ahead')).toEqual([
      { kind: 'future-time', medium: 'M', terminal: 1, serial: 1 },
    ]);
    expect((await stories.alerts(early + 1))('ahead')).toEqual([]);
  });
});
