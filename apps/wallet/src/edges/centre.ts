/** The centre as this page reaches it: it serves the wallet, so it is at the wallet's own address. */
import type { PhoneLink } from '@retap/phone';
import { PHONE_SOCKET_PROTOCOL } from '@retap/protocol';

/** The wallet is one folder below it. */
const above = (name: string): URL => new URL(`../${name}`, new URL('.', document.baseURI));

export class CentreRefused extends Error {
  override readonly name = 'CentreRefused';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Asks for a number. @throws CentreRefused where the centre says no; TypeError where it is not reached */
export async function postRegistration(body: Uint8Array): Promise<Uint8Array> {
  const answer = await fetch(above('phones'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: Uint8Array.from(body),
    cache: 'no-store',
  });
  if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  const said = (await answer.json().catch(() => ({}))) as { code?: string; message?: string };
  throw new CentreRefused(said.code ?? 'internal', said.message ?? `the centre answered ${answer.status}`);
}

/** Opens the socket. @throws Error where it does not open, or the signal came first */
export function openLink(signal: AbortSignal): Promise<PhoneLink> {
  const address = above('phones/socket');
  address.protocol = address.protocol.replace('http', 'ws');
  const socket = new WebSocket(address, PHONE_SOCKET_PROTOCOL);
  socket.binaryType = 'arraybuffer';
  const waiting: (Uint8Array | null)[] = [];
  let listener: ((message: Uint8Array | null) => void) | null = null;
  const tell = (message: Uint8Array | null) => {
    if (listener) listener(message);
    else waiting.push(message);
  };
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) tell(new Uint8Array(data));
  };
  signal.addEventListener('abort', () => socket.close(), { once: true });
  return new Promise((resolve, reject) => {
    socket.onclose = () => {
      tell(null);
      reject(new Error('the centre is not reached'));
    };
    socket.onopen = () =>
      resolve({
        send: (message) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(Uint8Array.from(message));
        },
        onMessage(given) {
          listener = given;
          for (const message of waiting.splice(0)) given(message);
        },
        close: () => socket.close(),
      });
  });
}
