/** What goes to the card, byte by byte, and what a reader makes of what comes back. */
import { describe, expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../../src/bytes.ts';
import { commandMac, responseMac, type Session } from '../../src/messaging.ts';
import type { CardChannel } from '../../src/port.ts';
import { authenticate, exchange, SecureSession, selectApplication } from '../../src/reader/session.ts';
import { keyOfValue } from '../aes.ts';

/** A card that answers from a list, and what it was sent. */
function scripted(...answers: readonly (string | ((command: Uint8Array) => Uint8Array))[]) {
  const sent: string[] = [];
  const rest = [...answers];
  const channel: CardChannel = {
    uid: new Uint8Array(7),
    async transmit(command) {
      sent.push(toHex(command));
      const answer = rest.shift() ?? '';
      return typeof answer === 'string' ? fromHex(answer) : answer(command);
    },
  };
  return { channel, sent };
}

const SESSION: Session = {
  encryption: keyOfValue(fromHex('63DC07286289A7A6C0334CA31C314A04')),
  mac: keyOfValue(fromHex('774F26743ECE6AF5033B6AE8522946F6')),
  transaction: fromHex('ED5E6C1C'),
};
const sessionOn = (channel: CardChannel) =>
  new SecureSession(channel, {
    encryption: keyOfValue(fromHex('63DC07286289A7A6C0334CA31C314A04')),
    mac: keyOfValue(fromHex('774F26743ECE6AF5033B6AE8522946F6')),
    transaction: SESSION.transaction,
  });

const answerOf = (counter: number, data: Uint8Array = new Uint8Array(0)) =>
  toHex(concat(data, responseMac(SESSION, 0, counter, data), [0x91, 0x00]));

describe('select', () => {
  const select = async (answer: string) => selectApplication(scripted(answer).channel, fromHex('F05245'));

  test('by DF name, no file control information wanted', async () => {
    const { channel, sent } = scripted('9000');
    expect((await selectApplication(channel, fromHex('F05245'))).outcome).toBe('answered');
    expect(sent).toEqual(['00A4040C03F05245']);
  });

  test.each([
    ['6A82', { outcome: 'refused', status: 0x6a82 }],
    ['6D00', { outcome: 'refused', status: 0x6d00 }],
    ['', { outcome: 'torn' }],
    ['90', { outcome: 'torn' }],
    ['9001', { outcome: 'torn' }],
    ['9100', { outcome: 'torn' }],
    ['00009000', { outcome: 'torn' }],
    ['006A82', { outcome: 'torn' }],
  ])('%s', async (answer, expected) => {
    expect(await select(answer)).toEqual(expected);
  });
});

describe('frames', () => {
  test('an answer in several frames is asked for by AF and put together', async () => {
    const { channel, sent } = scripted('010291AF', '0391AF', '049100');
    expect(await exchange(channel, 0x60)).toEqual({ outcome: 'answered', data: Uint8Array.of(1, 2, 3, 4) });
    expect(sent).toEqual(['9060000000', '90AF000000', '90AF000000']);
  });

  test('a card that leaves between frames, and one that refuses', async () => {
    expect(await exchange(scripted('010291AF', '').channel, 0x60)).toEqual({ outcome: 'torn' });
    expect(await exchange(scripted('010291AF', '91CA').channel, 0x60)).toEqual({ outcome: 'refused', status: 0x91ca });
  });

  test('a card that never ends its answer is torn, not asked for ever', async () => {
    let asked = 0;
    const transmit = async () => {
      asked += 1;
      if (asked > 1000) throw new Error('asked for ever');
      return Uint8Array.of(1, 0x91, 0xaf);
    };
    expect(await exchange({ uid: new Uint8Array(7), transmit }, 0x60)).toEqual({ outcome: 'torn' });
  });
});

describe('authentication', () => {
  const key = () => keyOfValue(new Uint8Array(16));
  const random = () => new Uint8Array(16).fill(7);

  test('AuthenticateEV2First without capabilities', async () => {
    const { channel, sent } = scripted('91AE');
    expect(await authenticate(channel, 3, key(), random)).toEqual({ outcome: 'refused', status: 0x91ae });
    expect(sent).toEqual(['9071000002030000']);
  });

  test('a challenge or proof of another length, and a card that does not know the key', async () => {
    const challenge = `${'00'.repeat(16)}91AF`;
    for (const answers of [
      ['91AF'],
      ['00'.repeat(16)],
      [challenge],
      [challenge, '9100'],
      [challenge, `${'00'.repeat(32)}9100`],
    ]) {
      expect(await authenticate(scripted(...answers).channel, 3, key(), random)).toEqual({ outcome: 'torn' });
    }
  });
});

describe('in a session', () => {
  test('MAC: header, data and MAC; the counter grows with each command', async () => {
    const { channel, sent } = scripted(answerOf(1), answerOf(2, Uint8Array.of(5)));
    const session = sessionOn(channel);
    expect((await session.send({ code: 0x8d, header: [1], data: [2, 3] }, 'mac')).outcome).toBe('answered');
    expect(await session.send({ code: 0x6c, header: [3] }, 'mac')).toEqual({
      outcome: 'answered',
      data: Uint8Array.of(5),
    });
    expect(sent).toEqual([
      `908D00000B010203${toHex(commandMac(SESSION, 0x8d, 0, Uint8Array.of(1, 2, 3)))}00`,
      `906C00000903${toHex(commandMac(SESSION, 0x6c, 1, Uint8Array.of(3)))}00`,
    ]);
  });

  test('FULL: data are encrypted, the header is not; what has no data has its MAC', async () => {
    const { channel, sent } = scripted(answerOf(1), answerOf(2));
    const session = sessionOn(channel);
    await session.send({ code: 0x8d, header: [1], data: new Uint8Array(15) }, 'full');
    await session.send({ code: 0xc7, header: [1] }, 'full');
    expect(sent.map((command) => command.length / 2)).toEqual([5 + 1 + 16 + 8 + 1, 5 + 1 + 8 + 1]);
    expect(sent[0]).not.toContain('00'.repeat(15));
  });

  test.each([
    ['nothing', ''],
    ['a success without MAC', '9100'],
    ['a MAC of another command', answerOf(2)],
    ['data that the MAC does not cover', `05${answerOf(1)}`],
    ['a cut MAC', answerOf(1).slice(2)],
    ['data in FULL that are no blocks', answerOf(1, Uint8Array.of(1, 2, 3))],
    ['data in FULL without padding', answerOf(1, new Uint8Array(16))],
    ['a status that is none', '1234'],
    ['a refusal with data', '0091AE'],
  ])('%s: torn, and the session is over', async (_, answer) => {
    const { channel, sent } = scripted(answer, answerOf(2));
    const session = sessionOn(channel);
    expect(await session.send({ code: 0x6c, header: [3] }, 'full')).toEqual({ outcome: 'torn' });
    expect(await session.send({ code: 0x6c, header: [3] }, 'full')).toEqual({ outcome: 'torn' });
    expect(sent).toHaveLength(1);
  });

  test('a refusal is a status, and ends the session too', async () => {
    const { channel, sent } = scripted('919D', answerOf(1));
    const session = sessionOn(channel);
    expect(await session.send({ code: 0x6c, header: [3] }, 'full')).toEqual({ outcome: 'refused', status: 0x919d });
    expect(await session.send({ code: 0x6c, header: [3] }, 'full')).toEqual({ outcome: 'torn' });
    expect(sent).toHaveLength(1);
  });

  test('session keys are given up once', () => {
    let discarded = 0;
    const key = { ...SESSION.mac, discard: () => (discarded += 1) } as unknown as typeof SESSION.mac;
    const session = new SecureSession(scripted().channel, {
      encryption: key,
      mac: key,
      transaction: SESSION.transaction,
    });
    session.close();
    session.close();
    expect(discarded).toBe(2);
  });
});
