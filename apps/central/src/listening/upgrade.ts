/** A request becomes a web socket. */
import type { Duplex } from 'node:stream';
import { type HttpBindings, upgradeWebSocket } from '@hono/node-server';
import type { Context } from 'hono';
import type { WebSocket } from 'ws';
import type { ApiEnv } from '../api/declaration.ts';

/** @param open is given the socket once it is open, and what is beneath it: by its bytes memory is counted before a message is whole */
export async function upgraded(
  c: Context<ApiEnv>,
  open: (socket: WebSocket, transport: Duplex) => void,
): Promise<Response> {
  const transport = (c.env as unknown as HttpBindings).incoming.socket;
  const upgrade = upgradeWebSocket(() => ({
    onOpen: (_event, { raw }) => open(raw as unknown as WebSocket, transport),
  }));
  const answer = await upgrade(c, async () => {});
  if (!(answer instanceof Response)) throw new Error('an upgrade that was none');
  return answer;
}
