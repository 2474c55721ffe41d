/** Keys in a token: SoftHSM 2 through PKCS#11, compared with the same keys in memory. */
import { randomBytes } from 'node:crypto';
import { type AesKey, fromHex, KEY_PURPOSES, toHex } from '@retap/card';
import {
  exportFor,
  generateInToken,
  importIntoToken,
  issuerContents,
  type KeyStoreContents,
  KeyStoreError,
  openTokenKeyStore,
  softwareKey,
  TokenKeyStore,
  type TokenOptions,
} from '@retap/keys';
import pkcs11, { type Handle, type PKCS11 } from 'pkcs11js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderOf } from './retap.ts';
import { makeToken, PIN, SOFTHSM, softHsmIn } from './softhsm.ts';

const INPUT = fromHex('0104782E21801D80525450524554415003');
const ZERO_IV = new Uint8Array(16);

const env = softHsmIn(folderOf());
const before = process.env.SOFTHSM2_CONF;
const token = (label: string): TokenOptions => ({ module: SOFTHSM, token: label, pin: PIN });
const faultOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => null,
    (fault) => fault,
  );
  expect(error).toBeInstanceOf(KeyStoreError);
  return `${error.code}: ${error.message}`;
};

let issuer: KeyStoreContents;
let gate: KeyStoreContents;

beforeAll(async () => {
  // SoftHSM reads it when it is loaded.
  process.env.SOFTHSM2_CONF = env.SOFTHSM2_CONF;
  for (const label of ['issuer', 'gate', 'generated', 'interrupted', 'other']) makeToken(env, label);
  issuer = issuerContents(randomBytes);
  gate = exportFor(issuer, 'gate', randomBytes);
  expect(await importIntoToken(token('issuer'), issuer)).toBe(KEY_PURPOSES.length);
  expect(await importIntoToken(token('gate'), gate)).toBe(2);
});
afterAll(() => {
  if (before === undefined) delete process.env.SOFTHSM2_CONF;
  else process.env.SOFTHSM2_CONF = before;
});

async function withStore<Answer>(
  label: string,
  work: (store: TokenKeyStore) => Answer | Promise<Answer>,
): Promise<Answer> {
  const store = await openTokenKeyStore(token(label));
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

const inSoftware = (purpose: string): AesKey => {
  const found = gate.masters.find((master) => master.purpose === purpose);
  return softwareKey(found!.value);
};

describe('a key in the token does what the same key in memory does', () => {
  const LENGTHS = [0, 1, 15, 16, 17, 31, 32, 33, 48, 100];

  test.each(LENGTHS)('derive from %i bytes, and again from the derived key', (length) =>
    withStore('gate', (store) => {
      const input = randomBytes(length);
      const [here, there] = [inSoftware('debit'), store.master('debit', 1)!].map((key) => key.derive(input));
      const [session, sessionThere] = [here!, there!].map((key) => key.derive(input));
      const data = randomBytes(32);
      for (const [own, tokens] of [
        [here!, there!],
        [session!, sessionThere!],
      ] as const) {
        expect(tokens.cmac(input)).toEqual(own.cmac(input));
        expect(tokens.encrypt(data.subarray(0, 16), data)).toEqual(own.encrypt(data.subarray(0, 16), data));
        expect(tokens.decrypt(data.subarray(0, 16), data)).toEqual(own.decrypt(data.subarray(0, 16), data));
        tokens.discard();
      }
      expect(store.derivedKeys).toBe(0);
    }),
  );

  test('the issuer gives the value of a card key, as AN10922 has it', () =>
    withStore('issuer', (store) => {
      for (const { purpose, version, value } of issuer.masters) {
        expect(store.master(purpose, version)?.cmac(INPUT)).toEqual(softwareKey(value).cmac(INPUT));
      }
    }));

  test('check values are those of the software key', () =>
    withStore('gate', (store) => {
      const expected = inSoftware('read').cmac(new Uint8Array(16)).slice(0, 3);
      expect(store.checkValue('read', 1)).toEqual(expected);
      expect([store.versions('read'), store.versions('refill'), store.checkValue('refill', 1)]).toEqual([
        [1],
        [],
        null,
      ]);
    }));
});

describe('no value leaves the token', () => {
  /** What a stranger with the PIN, in our process, sees of every key object: masters, card keys, session keys. */
  function readAll(module: PKCS11, session: Handle): { label: string; isSession: boolean; value: string }[] {
    module.C_FindObjectsInit(session, [{ type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY }]);
    const found = module.C_FindObjects(session, 100);
    module.C_FindObjectsFinal(session);
    return found.map((handle) => {
      const [label, lasting] = module.C_GetAttributeValue(session, handle, [
        { type: pkcs11.CKA_LABEL },
        { type: pkcs11.CKA_TOKEN },
      ]);
      let value = '';
      try {
        const [read] = module.C_GetAttributeValue(session, handle, [{ type: pkcs11.CKA_VALUE }]);
        value = `READ ${toHex(read?.value as Buffer)}`;
      } catch (error) {
        value = (error as Error).message;
      }
      return { label: String(label?.value), isSession: (lasting?.value as Buffer | undefined)?.[0] === 0, value };
    });
  }

  test('of masters, card keys and session keys', () =>
    withStore('gate', (store) => {
      const cardKey = store.master('debit', 1)!.derive(INPUT);
      const sessionKeys = [cardKey.derive(randomBytes(32)), cardKey.derive(randomBytes(32))];
      const module = new pkcs11.PKCS11();
      module.load(SOFTHSM);
      const slot = module.C_GetSlotList(true).find((each) => module.C_GetTokenInfo(each).label.trim() === 'gate')!;
      const session = module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION);
      const seen = readAll(module, session);
      module.C_CloseSession(session);
      expect(seen.filter(({ isSession }) => isSession)).toHaveLength(3);
      const labels = seen.filter(({ isSession }) => !isSession).map(({ label }) => label);
      expect(labels.sort()).toEqual(['retap:debit:1', 'retap:journal:1', 'retap:read:1']);
      expect(new Set(seen.map(({ value }) => value))).toEqual(new Set(['CKR_ATTRIBUTE_SENSITIVE']));
      for (const key of [cardKey, ...sessionKeys]) key.discard();
      expect(store.derivedKeys).toBe(0);
    }));

  test("a terminal's masters refuse to encrypt, decrypt and MAC: that would be card keys", () =>
    withStore('gate', (store) => {
      const master = store.master('debit', 1)!;
      const uses = [
        () => master.cmac(INPUT),
        () => master.encrypt(ZERO_IV, ZERO_IV),
        () => master.decrypt(ZERO_IV, ZERO_IV),
      ];
      for (const use of uses) expect(use).toThrow(expect.objectContaining({ code: 'key-use' }));
    }));

  test('two thousand taps leave no key behind', () =>
    withStore('gate', (store) => {
      const master = store.master('read', 1)!;
      for (let tap = 0; tap < 2_000; tap += 1) master.derive(INPUT).discard();
      expect(store.derivedKeys).toBe(0);
      master.discard();
      expect(master.derive(INPUT).cmac(INPUT)).toHaveLength(16);
    }));

  test('a derived key that was discarded is not used again, nor discarded twice', () =>
    withStore('gate', (store) => {
      const derived = store.master('read', 1)!.derive(INPUT);
      derived.discard();
      derived.discard();
      expect(store.derivedKeys).toBe(0);
      expect(() => derived.cmac(INPUT)).toThrow('a discarded key was used');
    }));
});

describe('an issuer in a token', () => {
  test('its masters are generated there, rotated there, and stay', async () => {
    const made = await generateInToken(token('generated'));
    expect(KEY_PURPOSES.map((purpose) => made.versions(purpose))).toEqual(KEY_PURPOSES.map(() => [1]));
    const values = KEY_PURPOSES.map((purpose) => toHex(made.checkValue(purpose, 1)!));
    expect(new Set(values).size).toBe(KEY_PURPOSES.length);
    const first = toHex(made.master('debit', 1)!.cmac(INPUT));
    made.close();
    (await TokenKeyStore.rotate(token('generated'), ['debit'])).close();
    await withStore('generated', (store) => {
      expect([store.versions('debit'), store.versions('read')]).toEqual([[1, 2], [1]]);
      expect(toHex(store.master('debit', 1)!.cmac(INPUT))).toBe(first);
      expect(toHex(store.master('debit', 2)!.cmac(INPUT))).not.toBe(first);
    });
    expect(await faultOf(generateInToken(token('generated')))).toMatch(
      /^key-store-exists: token 'generated' has masters/,
    );
  });

  test('what was interrupted is finished by doing it again', async () => {
    const some = { ...issuer, masters: issuer.masters.slice(0, 3) };
    expect(await importIntoToken(token('interrupted'), some)).toBe(3);
    expect(await importIntoToken(token('interrupted'), issuer)).toBe(KEY_PURPOSES.length - 3);
    expect(await importIntoToken(token('interrupted'), issuer)).toBe(0);
  });

  test("another issuer's masters do not go beside its own", async () => {
    const fault = await faultOf(importIntoToken(token('issuer'), issuerContents(randomBytes)));
    expect(fault).toMatch(
      /^key-store-exists: token 'issuer' has another master master of version 1; use an empty token/,
    );
  });

  test("a terminal's token generates and rotates nothing", async () => {
    expect(await faultOf(TokenKeyStore.rotate(token('gate')))).toMatch(/^key-use: token 'gate': .*rotate the issuer's/);
    expect(await faultOf(generateInToken(token('gate')))).toMatch(/^key-use: /);
  });
});

test('the journal key is always the same, and not that of another terminal', async () => {
  const keys = [
    await withStore('gate', (store) => store.journalKey()),
    await withStore('gate', (store) => store.journalKey()),
  ];
  expect(keys[0]).toHaveLength(32);
  expect(keys[0]).toEqual(keys[1]);
  await importIntoToken(token('other'), exportFor(issuer, 'gate', randomBytes));
  expect(await withStore('other', (store) => store.journalKey())).not.toEqual(keys[0]);
  expect(await withStore('issuer', (store) => store.journalKey())).toBeNull();
});

describe('is not opened, and says why', () => {
  test('another PIN', async () => {
    const fault = await faultOf(openTokenKeyStore({ ...token('gate'), pin: '11111' }));
    expect(fault).toMatch(/^pkcs11-pin: token 'gate': the PIN is wrong/);
    expect(fault).not.toContain('11111');
  });

  test('another token', async () => {
    const fault = await faultOf(openTokenKeyStore(token('absent')));
    expect(fault).toMatch(/^pkcs11-token: .*no token is labelled 'absent'; there are: .*'gate'/);
  });

  test.each(['absent.so', folderOf({ 'a.so': 'no library' })])('no module: %s', async (module) => {
    const fault = await faultOf(openTokenKeyStore({ ...token('gate'), module }));
    expect(fault).toMatch(/^pkcs11-module: .*cannot be loaded as a PKCS#11 module/);
  });
});

test('time of its operations', () =>
  withStore('gate', (store) => {
    const master = store.master('debit', 1)!;
    const cardKey = master.derive(INPUT);
    const message = randomBytes(32);
    const operations: Record<string, () => unknown> = {
      'card key of a master': () => master.derive(INPUT).discard(),
      'session key of a card key': () => cardKey.derive(message).discard(),
      'CMAC of 32 bytes': () => cardKey.cmac(message),
      'encryption of 32 bytes': () => cardKey.encrypt(ZERO_IV, message),
    };
    const microseconds = Object.entries(operations).map(([name, operation]) => {
      for (let warm = 0; warm < 100; warm += 1) operation();
      const startedAt = performance.now();
      for (let count = 0; count < 1_000; count += 1) operation();
      return [name, Math.round(performance.now() - startedAt)] as const;
    });
    console.info(microseconds.map(([name, each]) => `${name}: ${each} µs`).join('; '));
    // One authentication of a tap is a card key and two session keys: far above what any machine takes, unless values pile up.
    for (const [, each] of microseconds) expect(each).toBeLessThan(5_000);
    cardKey.discard();
  }));
