import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ExchangeFault, type PluggableCard, type Plugged, type PlugOptions, plugIn } from '../../src/vpcd/plug.ts';

/** What comes over a socket comes at once, on a machine that has the time. */
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });

/** The reader's end: sends bytes as they are given, and collects what comes. */
class ReaderEnd {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
    });
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('error', () => undefined);
  }

  send(hex: string): void {
    this.#socket.write(Buffer.from(hex, 'hex'));
  }

  get received(): string {
    return this.#received.toString('hex');
  }
}

class RecordingCard implements PluggableCard {
  readonly uid = Uint8Array.of(4, 1, 2, 3, 4, 5, 6);
  readonly events: string[] = [];

  transmit(command: Uint8Array): Uint8Array {
    this.events.push(Buffer.from(command).toString('hex'));
    return Uint8Array.of(0xaa, 0xbb, 0x91, 0x00);
  }

  reset(): void {
    this.events.push('reset');
  }

  powerOff(): void {
    this.events.push('off');
  }
}

let server: Server;
let card: RecordingCard;
let plugged: Plugged | null;

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  card = new RecordingCard();
  plugged = null;
});
afterEach(async () => {
  await plugged?.unplug();
  server.close();
});

async function plug(options: Omit<PlugOptions, 'port'> = {}): Promise<ReaderEnd> {
  const connection = once(server, 'connection');
  plugged = await plugIn(card, { ...options, port: (server.address() as AddressInfo).port });
  const [socket] = (await connection) as [Socket];
  return new ReaderEnd(socket);
}

const faultAt =
  (at: number, fault: ExchangeFault) =>
  (exchange: number): ExchangeFault | null =>
    exchange === at ? fault : null;

/** A command APDU of five bytes with the length before it, and the card's answer with its length. */
const COMMAND = '00059060000000';
const ANSWER = '0004aabb9100';

describe('the reader is answered', () => {
  test.each([
    ['its ATR', '000104', '00063b8180018080'],
    ['a command APDU', COMMAND, ANSWER],
    ['the serial number, which the card is not asked for', '0005ffca000000', '0009040102030405069000'],
    ['that historical bytes are not supported', '0005ffca010000', '00026a81'],
    ['two messages that came as one', `000104${COMMAND}`, `00063b8180018080${ANSWER}`],
  ])('%s', async (_what, sent, answer) => {
    const reader = await plug();
    reader.send(sent);
    await eventually(() => reader.received).toBe(answer);
  });

  test('a message that comes byte by byte', async () => {
    const reader = await plug();
    for (const byte of COMMAND.match(/../g) ?? []) {
      reader.send(byte);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await eventually(() => reader.received).toBe(ANSWER);
    expect(card.events).toEqual(['9060000000']);
  });
});

test('power and reset reach the card, and are not answered', async () => {
  const reader = await plug();
  reader.send(`000101000102000100${'000104'}`);
  await eventually(() => reader.received).toBe('00063b8180018080');
  expect(card.events).toEqual(['reset', 'reset', 'off']);
});

describe('out of the field', () => {
  test('unplugged: the reader sees it, the card has no power', async () => {
    const reader = await plug();
    await plugged?.unplug();
    await eventually(() => reader.isClosed).toBe(true);
    expect(card.events).toEqual(['off']);
  });

  test('by signal', async () => {
    const abort = new AbortController();
    const reader = await plug({ signal: abort.signal });
    abort.abort();
    await plugged?.out;
    await eventually(() => reader.isClosed).toBe(true);
  });

  test('a signal aborted before takes the card nowhere', async () => {
    const signal = AbortSignal.abort(new Error('never mind'));
    await expect(plugIn(card, { port: 1, signal })).rejects.toThrow('never mind');
  });

  test('where no reader listens the message says what to start', async () => {
    const { port } = server.address() as AddressInfo;
    server.close();
    const fault = await plugIn(card, { port }).catch((error) => error);
    expect(fault.code).toBe('vpcd-unreachable');
    expect(fault.message).toMatch(`127.0.0.1:${port}`);
    expect(fault.message).toMatch('start pcscd with vsmartcard-vpcd');
  });
});

describe('faults', () => {
  test('torn before: the card leaves without having seen the command', async () => {
    const reader = await plug({ fault: faultAt(2, 'torn before') });
    reader.send(COMMAND + COMMAND);
    await eventually(() => reader.isClosed).toBe(true);
    expect(card.events).toEqual(['9060000000', 'off']);
  });

  test('torn after: it has carried the command out', async () => {
    const reader = await plug({ fault: faultAt(1, 'torn after') });
    reader.send(COMMAND);
    await eventually(() => reader.isClosed).toBe(true);
    expect(card.events).toEqual(['9060000000', 'off']);
    expect(reader.received).toBe('');
  });

  test('a card that loses its power by itself is out', async () => {
    const reader = await plug();
    card.transmit = () => new Uint8Array();
    reader.send(COMMAND);
    await eventually(() => reader.isClosed).toBe(true);
    expect(reader.received).toBe('');
  });

  test('mute: it stays, and answers neither command nor reader', async () => {
    const reader = await plug({ fault: faultAt(1, 'mute') });
    reader.send(`${COMMAND}${COMMAND}000104`);
    await eventually(() => card.events).toEqual(['9060000000']);
    expect(reader).toMatchObject({ received: '', isClosed: false });
  });

  test('cut: so many bytes of the answer, and the next answer whole', async () => {
    const reader = await plug({ fault: faultAt(1, { cut: 3 }) });
    reader.send(COMMAND + COMMAND);
    await eventually(() => reader.received).toBe(`0003aabb91${ANSWER}`);
    expect(plugged?.exchanges).toBe(2);
  });

  test("the reader's own commands do not count", async () => {
    const reader = await plug({ fault: faultAt(1, 'torn before') });
    reader.send('0005ffca000000');
    await eventually(() => reader.received).toBe('0009040102030405069000');
    expect(reader.isClosed).toBe(false);
  });
});
