/**
 * A process that writes a journal and says on its output what it was told, until it is killed, full, or failed:
 * `node writer.js <directory> [<bytes to a segment>] [read-only]`.
 */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import path from 'node:path';
import { sealing } from '@retap/keys';
import { amountOf } from '@retap/model';
import { Journal, JournalError } from '@retap/terminal';
import { FileJournal } from '@retap/terminal-service';

const [directory = '', segmentBytes = '1048576', then] = process.argv.slice(2);
/** @param {string} said at once: what is in a buffer dies with the process */
const tell = (said) => writeSync(1, `${said}\n`);

try {
  const store = await FileJournal.open(directory);
  const journal = await Journal.open({
    store,
    terminal: 7,
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    sealer: sealing(new Uint8Array(32).fill(7), randomBytes),
    segmentBytes: Number(segmentBytes),
    snapshot: () => 'memory '.repeat(20),
  });
  tell(`open ${journal.nextSerial}`);
  if (then === 'read-only') execFileSync('mount', ['-o', 'remount,ro', path.dirname(directory)]);
  for (let taps = 1; ; taps += 1) {
    await tap(journal);
    if (taps % 5 === 0 && then === 'upload') await upload(journal, taps % 10 === 0);
  }
} catch (error) {
  if (!(error instanceof JournalError)) throw error;
  tell(`${error.code}: ${error.message}`);
}

/** @param {Journal} journal */
async function tap(journal) {
  const { nextSerial: serial, lastTime } = journal;
  const last = { lastTime, lastTerminal: 7, time: Math.max(Date.now(), lastTime + 1) };
  const value = { amount: amountOf(-120), balance: amountOf(880), status: /** @type {const} */ ('unverified') };
  await journal.intend({ terminal: 7, serial, type: 'debit', medium: '04A1B2C3D4E5F6', ...last, ...value });
  tell(`intent ${serial}`);
  await journal.settle('successful', { counter: serial, mac: '0011223344556677' });
  tell(`settled ${serial}`);
}

/**
 * @param {Journal} journal
 * @param {boolean} isAnswered
 */
async function upload(journal, isAnswered) {
  const batch = await journal.nextBatch(20);
  if (batch === null) return;
  tell(`sealed ${batch.from} ${batch.to} ${createHash('sha256').update(batch.bytes).digest('hex')}`);
  if (!isAnswered) return;
  await journal.acknowledge(batch);
  tell(`acknowledged ${batch.to}`);
}
