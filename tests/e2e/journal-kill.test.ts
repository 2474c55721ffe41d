/** kill −9 of a process that writes a journal, again and again, on the same directory. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { randomOf } from '@retap/testkit';
import { expect, test } from 'vitest';
import { found, lastSaid, WRITER } from './journal/reading.ts';
import { folderOf } from './retap.ts';

const KILLS = 25;

/** Runs a writer until it has said some lines, and a moment more. */
async function killed(directory: string, args: readonly string[], lines: number, delayMs: number): Promise<string> {
  const child = spawn(process.execPath, [WRITER, directory, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8');
  const ended = new Promise((resolve) => child.once('close', resolve));
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (text: string) => {
      output += text;
      if (output.split('\n').length > lines) resolve();
    });
    child.once('close', () => resolve());
  });
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  child.kill('SIGKILL');
  await ended;
  return output;
}

test(`${KILLS} times killed: no intent, record or acknowledgement that anybody was told of is lost, and no lock stays`, async () => {
  const directory = path.join(folderOf(), 'journal');
  const random = randomOf(3);
  let acknowledged = 0;
  let nextSerial = 1;
  let repeats = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const output = await killed(directory, ['4000', 'upload'], 1 + random.int(150), random.int(5));
    expect(lastSaid('open', output)).toBe(nextSerial);
    const [intent, settled] = [lastSaid('intent', output), lastSaid('settled', output)];
    acknowledged = Math.max(acknowledged, lastSaid('acknowledged', output));
    const { nextSerial: next, unsent, batch } = await found(directory);
    // One more may be on the disk than the process lived to say.
    expect(next - 1 - Math.max(intent, nextSerial - 1)).toBeGreaterThanOrEqual(0);
    expect(next - 1 - Math.max(intent, nextSerial - 1)).toBeLessThanOrEqual(1);
    const first = Number(unsent[0]?.split(' ')[0] ?? next);
    expect(first - 1).toBeGreaterThanOrEqual(acknowledged);
    expect(unsent.map((each) => Number(each.split(' ')[0]))).toEqual(unsent.map((_, at) => first + at));
    expect(next - first).toBe(unsent.length);
    for (const each of unsent) {
      const [serial, status] = each.split(' ');
      if (Number(serial) <= settled && Number(serial) >= nextSerial) expect(status).toBe('successful');
    }
    // What went out without an answer goes out again, to the byte.
    const last = output.match(/^(?:sealed|acknowledged) .*$/gm)?.at(-1) ?? '';
    if (last.startsWith(`sealed ${first} `)) {
      expect(batch).toBe(last);
      repeats += 1;
    }
    nextSerial = next;
  }
  expect(nextSerial).toBeGreaterThan(KILLS * 10);
  expect(repeats).toBeGreaterThan(3);
  console.log(`killed ${KILLS} times, ${nextSerial - 1} records, ${repeats} batches on their way`);
});
