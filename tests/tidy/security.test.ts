/** What the source must not hold, whoever writes it (docs/security/asvs.md). */
import { describe, expect, test } from 'vitest';
import { codeLinesMatching, filesBelow, read, sources } from './repository.ts';

const pages = filesBelow().filter((file) => /^apps\/[^/]+\/public\/.*\.(js|html)$/.test(file));
const code = [...sources(), ...pages];
const findings = (files: readonly string[], pattern: RegExp): string[] =>
  files.flatMap((file) => codeLinesMatching(file, pattern));

test('there are pages and sources to look at', () => {
  expect(pages.length).toBeGreaterThan(10);
  expect(sources().length).toBeGreaterThan(200);
});

test('pages set text, never HTML', () => {
  const html = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|srcdoc/;
  expect(findings(code, html)).toEqual([]);
});

test('nothing is run that was a text', () => {
  expect(findings(code, /\beval\(|new Function\(|set(Timeout|Interval)\(\s*['"`]|node:vm|javascript:/)).toEqual([]);
  expect(findings(pages, /\son[a-z]+=|<script(?![^>]*\bsrc=)/)).toEqual([]);
});

test('pages load nothing from elsewhere, and encode what they put into an address', () => {
  const namespace = 'http://www.w3.org/2000/svg';
  expect(findings(pages, /https?:\/\//).filter((line) => !line.includes(namespace))).toEqual([]);
  const built = findings(
    pages,
    /(fetch\(|open\(|href: |href=|location\.\w+ = |State\([^`]*|WebSocket\(|EventSource\()`[^`]*\$\{/,
  );
  const encoded = /\$\{(location\.host\}|encodeURIComponent\(|new URLSearchParams|[a-zA-Z]+\.toString\(\))/;
  expect(built.filter((line) => !encoded.test(line))).toEqual([]);
});

test('pages keep nothing in the browser but the language and whether there is sound', () => {
  expect(findings(pages, /indexedDB|document\.cookie|caches\./)).toEqual([]);
  const storing = findings(pages, /(local|session)Storage/).map((line) => line.replace(/:.*/, ''));
  expect(storing.filter((file) => !/\/(language|sound)\.js$/.test(file))).toEqual([]);
});

describe('SQL is put together of our own words only', () => {
  /** What stands in `${…}` of a query: a constant of ours, or one of these, which are chosen among words of ours where they stand. */
  const CONSTANT = /^[A-Z][A-Z_]*(\.replace\(.*\)|\(.*\))?$/;
  const CHOSEN: Readonly<Record<string, readonly string[]>> = {
    'packages/central/src/alert-work/touch.ts': ['column'],
    'packages/central/src/audit/checkpoint.ts': ['order'],
    'packages/central/src/database/database.ts': ['statementMs'],
    // Names of tables and columns that callers write out.
    'packages/central/src/database/insert.ts': ['arrays', 'cells', 'names', 'others.map(({ name ', 'places', 'table'],
    'packages/central/src/proof/keep.ts': ['flag'],
    'packages/central/src/read/alerts.ts': ["configuration.minimumBalance <= 0 ? 'and r.balance < 0' : ''"],
    'packages/central/src/read/proof-alerts.ts': ['condition'],
    'packages/central/src/receive/receive.ts': ["places.join(', ')"],
    'packages/central/src/receive/received.ts': ['MISSING_MAX + 1'],
    'packages/central/src/reconcile/claim.ts': ["patient ? '' : 'skip locked'"],
    'packages/central/src/reconcile/sql/chain.ts': [
      'comparison',
      "isBefore ? 'greatest' : 'least'",
      "isBefore ? 'k.first_time' : 'k.time'",
      "isBefore ? 'least(k.time, k.max_time)' : 'k.max_time'",
      'order',
    ],
    'packages/central/src/reconcile/sql/counters.ts': [
      'isBefore',
      "isBefore ? 'desc' : ''",
      "isBefore ? 'greatest(a.first_time, x.time)' : 'greatest(k.time, x.time)'",
      "isBefore ? 'least(k.time, a.last_straight)' : 'a.last_straight'",
      "isBefore ? 'r.time <= least(k.time, a.last_straight)' : 'r.time > k.time and r.time <= a.last_straight'",
    ],
    'packages/central/src/reconcile/sql/doubts.ts': ['from'],
    'packages/central/src/reconcile/sql/store.ts': ["isRun ? '' : 'and r.receipt = any($4::bigint[])'"],
    'packages/central/src/reconcile/sql/write.ts': ['table'],
    'packages/central/src/records/list.ts': ['down', 'scan.text', 'up'],
    'packages/central/src/registry/clock.ts': ["isOff('c')"],
    'packages/central/src/registry/standing.ts': ['lock'],
    'packages/central/src/transfers/alerts.ts': ['STANDS[kind]'],
    'packages/central/src/transfers/states.ts': ['which'],
    'packages/central/src/webhooks/webhooks.ts': ['WEBHOOKS_MAX - 1', 'set'],
  };
  const asking = sources().filter(
    (file) => file.startsWith('packages/central/src/') && /\.(rows|script)\b/.test(read(file)),
  );
  const splicedIn = (file: string): string[] => {
    const queries = read(file).matchAll(/`\s*(?:with|select|insert|update|delete|truncate|begin)\b[^`]*`/gi);
    const words = [...queries].flatMap(([text]) => [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, what = '']) => what));
    return [...new Set(words.filter((what) => !CONSTANT.test(what)))].sort();
  };

  test.each(asking)('%s', (file) => expect(splicedIn(file)).toEqual(CHOSEN[file] ?? []));

  test('no exception outlives its file', () => {
    expect(Object.keys(CHOSEN).filter((file) => !asking.includes(file))).toEqual([]);
  });
});

test('no weak hash, no cipher without authentication but the chip’s own', () => {
  const weak =
    /createHash\(\s*['"](?!sha(256|512)['"])|aes-\d+-(ecb|ctr|cfb|ofb)|createHmac\(\s*['"](?!sha256)|RSA_PKCS1_PADDING/i;
  const chip = /^(packages\/(keys|card)\/src\/|apps\/cli\/src\/bench)/;
  expect(findings(code, weak).filter((line) => !chip.test(line))).toEqual([]);
  expect(
    findings(
      sources().filter((file) => !chip.test(file)),
      /aes-\d+-cbc/i,
    ),
  ).toEqual([]);
});

test('chance that is not secret spreads delays, and nothing else', () => {
  const shipped = code.filter((file) => !/^packages\/(simulator|testkit)|\/bench/.test(file));
  const found = findings(shipped, /Math\.random\(/);
  expect(found.filter((line) => !/delay|sleep|retryAfter|jitter/i.test(line))).toEqual([]);
});

test('packages start no process, and the centre none at all', () => {
  expect(
    findings(
      sources().filter((file) => /^(packages|apps\/central)\//.test(file) && !/testkit/.test(file)),
      /child_process|node:cluster/,
    ),
  ).toEqual([]);
});
