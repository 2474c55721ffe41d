import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { selfSigned } from '../../central/test/listening/self-signed.ts';
import { askCentre, faultText } from '../src/centre.ts';

test('a certificate that is not trusted is told as that, and how to have it trusted', async () => {
  const { certificate: cert, key } = selfSigned('localhost', Date.now() + 86_400_000);
  const server = createServer({ cert, key });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const centre = `https://localhost:${(server.address() as AddressInfo).port}`;
  const answer = await askCentre({ centre, path: 'time', body: null });
  server.close();
  if (answer.kind !== 'fault') throw new Error('it answered');
  expect(faultText(answer.cause)).toMatch(/^its certificate is not taken here \(.*NODE_EXTRA_CA_CERTS=FILE$/);
});

test('nobody there is no answer', async () => {
  const answer = await askCentre({ centre: 'http://127.0.0.1:9', path: 'time', body: null });
  expect(answer.kind === 'fault' && faultText(answer.cause)).toMatch(/^no answer \(.*\)$/);
});
