/**
 * libpcsclite's functions with their raw return codes, through koffi. Linux's ABI of pcsc-lite: DWORD and LONG are
 * `unsigned long` and `long`, structures are not packed (on macOS and Windows they are other).
 */

/** A return code of PC/SC, as unsigned 32 bits; 0 is success. */
type ReturnCode = number;

/** A context or a card handle, opaque. */
export type Handle = number | bigint;

export const SUCCESS = 0;
export const INVALID_HANDLE = 0x80100003;
export const TIMEOUT = 0x8010000a;
const NO_READERS = 0x8010002e;

/** SCARD_STATE_…, low half of an event word; the high half counts insertions and removals. */
export const STATE_UNKNOWN = 0x04;
export const STATE_UNAVAILABLE = 0x08;
export const STATE_PRESENT = 0x20;
export const STATE_MUTE = 0x200;
const STATE_CHANGED = 0x02;

/** SCARD_SCOPE_SYSTEM */
const SCOPE_SYSTEM = 2;
/** SCARD_SHARE_EXCLUSIVE: no other program may speak between two commands of a tap. */
const SHARE_EXCLUSIVE = 1;
/** SCARD_PROTOCOL_T1: what readers report of contactless cards (PC/SC part 3). */
const PROTOCOL_T1 = 2;
/** SCARD_RESET_CARD: authentication ends with the conversation, and the card can be spoken to again. */
const RESET_CARD = 1;
/** MAX_ATR_SIZE of pcsc-lite. */
const ATR_MAX = 33;
/** A reader's name is at most 128 bytes (MAX_READERNAME), and there are at most 16. */
const NAMES_MAX = 16 * 128;
/** The longest extended response APDU, ISO/IEC 7816-4. */
const ANSWER_MAX = 65_538;

export interface PcscLibrary {
  establish(): { code: ReturnCode; context: Handle };
  release(context: Handle): void;
  /** Names of the readers; none where no reader is connected. */
  readers(context: Handle): { code: ReturnCode; names: readonly string[] };
  /** Waits, off this thread, until the reader's event word is another than `known`; 0 answers at once. */
  change(
    context: Handle,
    reader: string,
    known: number,
    timeoutMs: number,
  ): Promise<{ code: ReturnCode; event: number }>;
  connect(context: Handle, reader: string): { code: ReturnCode; card: Handle };
  /** Blocks this thread as long as the card is mute. */
  transmit(card: Handle, command: Uint8Array): { code: ReturnCode; answer: Uint8Array };
  disconnect(card: Handle): void;
}

interface StateOfReader {
  szReader: string;
  pvUserData: null;
  dwCurrentState: number;
  dwEventState: number;
  cbAtr: number;
  rgbAtr: readonly number[];
}

/** @throws Error where koffi or libpcsclite is missing */
export async function loadLibrary(): Promise<PcscLibrary> {
  const { default: koffi } = await import('koffi');
  const library = koffi.load('libpcsclite.so.1');
  koffi.struct('ReaderState', {
    szReader: 'const char *',
    pvUserData: 'void *',
    dwCurrentState: 'unsigned long',
    dwEventState: 'unsigned long',
    cbAtr: 'unsigned long',
    rgbAtr: koffi.array('uint8_t', ATR_MAX),
  });
  koffi.struct('IoRequest', { dwProtocol: 'unsigned long', cbPciLength: 'unsigned long' });

  const establish = library.func('long SCardEstablishContext(unsigned long, void *, void *, _Out_ long *)');
  const release = library.func('long SCardReleaseContext(long)');
  const list = library.func('long SCardListReaders(long, void *, void *, _Inout_ unsigned long *)');
  const change = library.func('long SCardGetStatusChange(long, unsigned long, _Inout_ ReaderState *, unsigned long)');
  const connect = library.func(
    'long SCardConnect(long, const char *, unsigned long, unsigned long, _Out_ long *, _Out_ unsigned long *)',
  );
  const transmit = library.func(
    'long SCardTransmit(long, IoRequest *, void *, unsigned long, void *, void *, _Inout_ unsigned long *)',
  );
  const disconnect = library.func('long SCardDisconnect(long, unsigned long)');

  const t1 = { dwProtocol: PROTOCOL_T1, cbPciLength: koffi.sizeof('IoRequest') };
  const room = Buffer.alloc(ANSWER_MAX);

  return {
    establish: () => {
      const context: [Handle] = [0];
      return { code: unsigned(establish(SCOPE_SYSTEM, null, null, context)), context: context[0] };
    },
    release: (context) => {
      release(context);
    },
    readers: (context) => {
      const names = Buffer.alloc(NAMES_MAX);
      const length = [names.length];
      const code = unsigned(list(context, null, names, length));
      if (code === NO_READERS) return { code: SUCCESS, names: [] };
      // Each name ends with a zero, the list with one more.
      return { code, names: code === SUCCESS ? names.toString('utf8', 0, length[0]).split('\0').filter(Boolean) : [] };
    },
    change: (context, reader, known, timeoutMs) =>
      new Promise((resolve, reject) => {
        const state: StateOfReader = {
          szReader: reader,
          pvUserData: null,
          dwCurrentState: known,
          dwEventState: 0,
          cbAtr: 0,
          rgbAtr: new Array<number>(ATR_MAX).fill(0),
        };
        const states: [StateOfReader] = [state];
        change.async(context, timeoutMs, states, 1, (error: Error | null, code: number) => {
          if (error !== null) reject(error);
          else resolve({ code: unsigned(code), event: Number(states[0].dwEventState) & ~STATE_CHANGED });
        });
      }),
    connect: (context, reader) => {
      const card: [Handle] = [0];
      const code = unsigned(connect(context, reader, SHARE_EXCLUSIVE, PROTOCOL_T1, card, [0]));
      return { code, card: card[0] };
    },
    transmit: (card, command) => {
      const length: [number] = [room.length];
      const code = unsigned(transmit(card, t1, command, command.length, null, room, length));
      return { code, answer: code === SUCCESS ? Uint8Array.from(room.subarray(0, length[0])) : new Uint8Array() };
    },
    disconnect: (card) => {
      disconnect(card, RESET_CARD);
    },
  };
}

/** `long` is signed and as wide as the machine; a return code is 32 bits. */
function unsigned(code: number | bigint): ReturnCode {
  return Number(code) >>> 0;
}
