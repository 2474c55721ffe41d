/** docs/events.md: every type with its capability and an example, and a way to verify a webhook that works. */
import { readFileSync } from 'node:fs';
import { EVENT_TYPES, messageBody, messageId, secretText, signedHeaders } from '@retap/central';
import { describe, expect, test } from 'vitest';

const text = readFileSync(new URL('../../../../docs/events.md', import.meta.url), 'utf8');
const rows = [...text.matchAll(/^\| `(\w+\.[\w-]+)` \| (.+?) \| `([\w-]+)` \| `(\{.*\})` \|$/gm)];

test('docs/events.md has every type of event with its capability, and no other', () => {
  expect(Object.fromEntries(rows.map(([, type, , capability]) => [type, capability]))).toEqual(EVENT_TYPES);
});

test.each(rows.map(([, type, , , example]) => [type, example] as const))(
  'the example of %s is JSON',
  (_type, example) => {
    expect(typeof JSON.parse(example ?? '')).toBe('object');
  },
);

describe('the way to verify a webhook', () => {
  type IsFromRetap = (headers: object, body: Uint8Array | string, secret: string, now?: number) => boolean;
  const code = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const load = async (): Promise<IsFromRetap> => {
    const module = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`);
    return module.isFromRetap;
  };
  const now = 1_700_000_000_000;
  const secret = new Uint8Array(32).fill(5);
  const event = { position: 7, at: now, type: 'alert.raised', data: { case: 1 } } as const;
  const body = messageBody(event);

  test('takes what the centre has signed, by either secret, and nothing else', async () => {
    const isFromRetap = await load();
    const headers = signedHeaders(messageId(event), body, now, [new Uint8Array(32), secret]);
    expect(isFromRetap(headers, body, secretText(secret), now)).toBe(true);
    expect(isFromRetap(headers, Buffer.from(body), secretText(new Uint8Array(32)), now)).toBe(true);
    expect(isFromRetap(headers, body, secretText(new Uint8Array(32).fill(6)), now)).toBe(false);
    expect(isFromRetap(headers, body.replace('1', '2'), secretText(secret), now)).toBe(false);
    expect(isFromRetap({ ...headers, 'webhook-id': 'evt_8' }, body, secretText(secret), now)).toBe(false);
    expect(isFromRetap({ ...headers, 'webhook-signature': 'v1,AAAA' }, body, secretText(secret), now)).toBe(false);
  });

  test('does not take an old one again', async () => {
    const headers = signedHeaders(messageId(event), body, now, [secret]);
    expect((await load())(headers, body, secretText(secret), now + 301_000)).toBe(false);
  });
});
