/** Phones of tests at a real centre: registered over HTTP, synchronised over its web socket, whatever becomes of it meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type PhoneLink, type SyncOutcome, synchronize } from '@retap/phone';
import { PHONE_SOCKET_PROTOCOL } from '@retap/protocol';
import { WebSocket } from 'ws';
import type { Handset } from '../../../packages/phone/test/handset.ts';
import type { Serving } from './serving.ts';

/** A centre that was killed starts again within it. */
const SILENCE_MS = 4_000;

/** Brings a registration to the centre, however often it takes. */
export function registering(centre: Serving): (body: Uint8Array<ArrayBuffer>) => Promise<Uint8Array> {
  return async (body) => {
    const url = await centre.url;
    const answer = await fetch(`${url}/phones`, {
      ...{ method: 'POST', body, headers: { 'content-type': 'application/json' } },
    });
    if (!answer.ok) throw new Error(`registration: ${answer.status} ${await answer.text()}`);
    return new Uint8Array(await answer.arrayBuffer());
  };
}

/** @param phone this tab of the handset's, where it has several */
export async function syncOver(centre: Serving, handset: Handset, phone = handset.phone): Promise<SyncOutcome> {
  const url = await centre.url.catch(() => null);
  if (url === null) return 'broken';
  const link = socketLink(`${url.replace('http', 'ws')}/phones/socket`);
  try {
    return await synchronize(phone, link, () => sleep(SILENCE_MS, undefined, { ref: false }));
  } finally {
    link.close();
  }
}

function socketLink(url: string): PhoneLink {
  const socket = new WebSocket(url, PHONE_SOCKET_PROTOCOL);
  const waiting: Uint8Array[] = [];
  let listener: (message: Uint8Array | null) => void = () => {};
  socket.binaryType = 'nodebuffer';
  socket.on('open', () => {
    for (const message of waiting) socket.send(message);
  });
  socket.on('message', (message: Buffer) => listener(Uint8Array.from(message)));
  socket.on('close', () => listener(null));
  // What broke is said by the end of it.
  socket.on('error', () => {});
  return {
    send: (message) => void (socket.readyState === WebSocket.OPEN ? socket.send(message) : waiting.push(message)),
    onMessage: (heard) => {
      listener = heard;
    },
    close: () => socket.terminate(),
  };
}
