/** The issuer's work over PC/SC: the longest conversation there is, torn, is finished when the card comes again. */

import { describe, expect, test } from 'vitest';
import type { ExchangeFault } from '../../apps/terminal/src/vpcd/plug.ts';
import { NEVER, PATIENT_MS, useGate } from './support/gate.ts';
import { blankCard, issue } from './support/issued-card.ts';

const gate = useGate(PATIENT_MS);

describe('a blank card is issued', () => {
  test('at one go', async () => {
    await gate.plug(blankCard());
    const held = await gate.reader.waitForCard(NEVER);
    expect(await issue(held)).toBe('personalised');
    await held.close();
  });

  const FAULTS: readonly ExchangeFault[] = ['torn before', 'torn after', { cut: 1 }];
  /** Commands of the first conversation, which has 77; none whose answer is only a hint, such as GetKeyVersion. */
  const AT = [1, 3, 9, 25, 60];
  const cases = FAULTS.flatMap((fault) => AT.map((at) => ({ fault, at, name: JSON.stringify(fault) })));

  test.each(cases)('$name at command $at: held again', async ({ fault, at }) => {
    const card = blankCard();
    const first = await gate.plug(card, (exchange) => (exchange === at ? fault : null));
    const held = await gate.reader.waitForCard(NEVER);
    expect(await issue(held)).toBe('torn');
    expect(first.exchanges).toBe(at);
    await held.close();
    await first.unplug();
    await gate.reader.waitForRemoval(NEVER);
    await gate.plug(card);
    const again = await gate.reader.waitForCard(NEVER);
    expect(await issue(again)).toBe('personalised');
    await again.close();
  });
});
