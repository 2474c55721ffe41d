import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CityPosition } from '../src/start/position.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'retap-position-'));
  file = path.join(folder, 'retap-city.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a city that was never started stands at its beginning', async () => {
  const position = await CityPosition.read(file, 'db');
  expect([position.isNew, position.delivered, position.time]).toEqual([true, 0, CityPosition.startOf(1)]);
});

test('what was saved is found again, also when it was saved twice at once', async () => {
  const position = await CityPosition.read(file, 'db');
  position.delivered = 17;
  position.time += 1_000;
  await Promise.all([position.save(15), position.save(16)]);
  const found = await CityPosition.read(file, 'db');
  expect([found.isNew, found.delivered, found.time, found.batches]).toEqual([false, 17, position.time, 16]);
  expect(readdirSync(folder)).toEqual(['retap-city.json']);
});

test.each([
  ['another database', '{"form":1,"database":"other","delivered":5,"time":5,"batches":5}'],
  ['another form', '{"form":0,"database":"db","delivered":5,"time":5,"batches":5}'],
  ['half of a file', '{"form":1,"database":"db","deliv'],
  ['a number that is none', '{"form":1,"database":"db","delivered":-5,"time":5,"batches":5}'],
])('%s is no position: the city begins anew', async (_what, text) => {
  writeFileSync(file, text);
  const position = await CityPosition.read(file, 'db');
  expect([position.isNew, position.delivered]).toEqual([true, 0]);
});
