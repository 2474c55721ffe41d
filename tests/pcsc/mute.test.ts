/** A card that stays in the field and answers nothing more, which blocks PC/SC for ever. */
import { expect, test } from 'vitest';
import { EchoCard } from './support/echo-card.ts';
import { MUTE_MS, NEVER, useGate } from './support/gate.ts';
import { blankCard, issue } from './support/issued-card.ts';

const gate = useGate(MUTE_MS);
const command = Uint8Array.of(0x90, 0x60, 0x00, 0x00, 0x00);
const echoed = Uint8Array.of(...command, 0x90, 0x00);
const nothing = new Uint8Array();

/** More than the threads of libuv, of which each would be held by one mute card. */
const MUTE_CARDS = 6;

test(`after each of ${MUTE_CARDS} mute cards in a row the next card is served`, async () => {
  for (let turn = 1; turn <= MUTE_CARDS; turn += 1) {
    const mute = await gate.plug(new EchoCard(), () => 'mute');
    const held = await gate.reader.waitForCard(NEVER);
    const start = performance.now();
    expect(await held.transmit(command)).toEqual(nothing);
    expect(performance.now() - start).toBeLessThan(MUTE_MS + 1_000);
    expect(await held.transmit(command)).toEqual(nothing);
    await held.close();
    const removal = gate.reader.waitForRemoval(NEVER);
    await mute.unplug();
    await removal;
    const good = await gate.plug(new EchoCard());
    const next = await gate.reader.waitForCard(NEVER);
    expect(await next.transmit(command)).toEqual(echoed);
    await next.close();
    await good.unplug();
    await gate.reader.waitForRemoval(NEVER);
  }
});

test('the event loop runs on while a card is mute', async () => {
  await gate.plug(new EchoCard(), () => 'mute');
  const held = await gate.reader.waitForCard(NEVER);
  let ticks = 0;
  const ticking = setInterval(() => (ticks += 1), 10);
  await held.transmit(command);
  clearInterval(ticking);
  expect(ticks).toBeGreaterThan(MUTE_MS / 10 / 4);
  await held.close();
});

test('an answer without a byte is none, and ends the conversation', async () => {
  await gate.plug(new EchoCard(), (exchange) => (exchange === 1 ? { cut: 0 } : null));
  const held = await gate.reader.waitForCard(NEVER);
  expect(await held.transmit(command)).toEqual(nothing);
  expect(await held.transmit(command)).toEqual(nothing);
  await held.close();
});

test('a software card that falls mute while it is issued is issued when it comes again', async () => {
  const card = blankCard();
  const mute = await gate.plug(card, (exchange) => (exchange === 25 ? 'mute' : null));
  const held = await gate.reader.waitForCard(NEVER);
  expect(await issue(held)).toBe('torn');
  await held.close();
  await mute.unplug();
  await gate.reader.waitForRemoval(NEVER);
  await gate.plug(card);
  const again = await gate.reader.waitForCard(NEVER);
  expect(await issue(again)).toBe('personalised');
  await again.close();
});
