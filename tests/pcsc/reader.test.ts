import { describe, expect, test } from 'vitest';
import { ECHO_UID, EchoCard } from './support/echo-card.ts';
import { NEVER, PATIENT_MS, useGate } from './support/gate.ts';

const unusable: string[] = [];
const gate = useGate(PATIENT_MS, (why) => unusable.push(why));
const command = Uint8Array.of(0x90, 0x60, 0x00, 0x00, 0x00);
const echoed = Uint8Array.of(...command, 0x90, 0x00);
const nothing = new Uint8Array();

describe('a card comes and goes', () => {
  test('its serial number is read, a command is answered, and its leaving is seen', async () => {
    const card = new EchoCard();
    const plug = await gate.plug(card);
    const held = await gate.reader.waitForCard(NEVER);
    expect(held.uid).toEqual(ECHO_UID);
    expect(await held.transmit(command)).toEqual(echoed);
    expect(card.seen).toEqual([command]);
    await held.close();
    await plug.unplug();
    await gate.reader.waitForRemoval(NEVER);
    expect(card.isOff).toBe(true);
  });

  test('a card that stays is reset between two conversations', async () => {
    const card = new EchoCard();
    await gate.plug(card);
    const first = await gate.reader.waitForCard(NEVER);
    const before = card.resets;
    await first.close();
    await expect.poll(() => card.resets).toBe(before + 1);
    const held = await gate.reader.waitForCard(NEVER);
    expect(await held.transmit(command)).toEqual(echoed);
    await held.close();
  });

  test('a card that came while nobody looked is another one: the first has left', async () => {
    const first = await gate.plug(new EchoCard());
    await (await gate.reader.waitForCard(NEVER)).close();
    await first.unplug();
    const other = new EchoCard(Uint8Array.of(4, 9, 9, 9, 9, 9, 9));
    await gate.plug(other);
    await expect.poll(() => other.resets).toBeGreaterThan(0);
    await gate.reader.waitForRemoval(NEVER);
    const next = await gate.reader.waitForCard(NEVER);
    expect(next.uid).toEqual(other.uid);
    await next.close();
  });

  test('an answer of 256 bytes comes whole', async () => {
    const card = new EchoCard();
    const long = Uint8Array.from({ length: 258 }, (_, index) => index % 256);
    card.transmit = () => long;
    await gate.plug(card);
    const held = await gate.reader.waitForCard(NEVER);
    expect(await held.transmit(command)).toEqual(long);
    await held.close();
  });

  test('a card whose serial number has 4 bytes is refused, the next one is served', async () => {
    unusable.length = 0;
    const foreign = await gate.plug(new EchoCard(Uint8Array.of(1, 2, 3, 4)));
    const next = gate.reader.waitForCard(NEVER);
    await expect.poll(() => unusable).toEqual(['the reader gives no serial number of 7 bytes']);
    await foreign.unplug();
    await gate.plug(new EchoCard());
    const held = await next;
    expect(held.uid).toEqual(ECHO_UID);
    await held.close();
  });

  test('waiting ends with its signal', async () => {
    const abort = new AbortController();
    const waiting = gate.reader.waitForCard(abort.signal);
    abort.abort(new Error('the driver chose another amount'));
    await expect(waiting).rejects.toThrow('the driver chose another amount');
    await expect(gate.reader.waitForCard(abort.signal)).rejects.toThrow('the driver chose another amount');
  });
});

describe('torn', () => {
  test.each([
    ['before the second command', 'torn before', 1],
    ['after the second command', 'torn after', 2],
  ] as const)('%s: nothing comes, and nothing later reaches a card', async (_when, fault, seen) => {
    const card = new EchoCard();
    await gate.plug(card, (exchange) => (exchange === 2 ? fault : null));
    const held = await gate.reader.waitForCard(NEVER);
    expect(await held.transmit(command)).toEqual(echoed);
    expect(await held.transmit(command)).toEqual(nothing);
    expect(card.seen.length).toBe(seen);
    const next = new EchoCard();
    await gate.plug(next);
    expect(await held.transmit(command)).toEqual(nothing);
    await held.close();
    expect(next.seen).toEqual([]);
  });

  test.each([1, 2, 5, 6])('an answer of which %i bytes come is handed on as it is', async (cut) => {
    await gate.plug(new EchoCard(), (exchange) => (exchange === 1 ? { cut } : null));
    const held = await gate.reader.waitForCard(NEVER);
    expect(await held.transmit(command)).toEqual(echoed.subarray(0, cut));
    await held.close();
  });

  test('a card that leaves between two commands', async () => {
    const plug = await gate.plug(new EchoCard());
    const held = await gate.reader.waitForCard(NEVER);
    expect(await held.transmit(command)).toEqual(echoed);
    await plug.unplug();
    expect(await held.transmit(command)).toEqual(nothing);
    await held.close();
  });
});
