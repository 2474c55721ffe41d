/** Commands killed −9 in the middle of their work. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openCentral, type Totals } from '@retap/central';
import type { Random } from '@retap/testkit';
import { type Ended, startRetap } from '../retap.ts';

export interface Killing {
  /** Makes the database to work on; asked again where a run was not killed in time, and left nothing to be done. */
  readonly begin: () => Promise<string>;
  readonly command: (database: string) => readonly string[];
  readonly random: Random;
  /** How long the command takes undisturbed. */
  readonly usualMs: number;
  /** Kills that should strike while it works. */
  readonly kills: number;
}

const ATTEMPTS = 20;

/**
 * Starts the command again and again and kills it, until the kills have struck in the middle: it had done something, and
 * was not done. How fast the machine is at the moment is found out on the way.
 * @returns the database they struck on. @throws Error where none did
 */
export async function killInTheMiddle({ begin, command, random, usualMs, kills }: Killing): Promise<string> {
  let [tooEarly, tooLate] = [0.1, 1];
  let struck = 0;
  let database = await begin();
  let before = await totalsOf(database);
  for (let attempt = 0; attempt < ATTEMPTS && struck < kills; attempt += 1) {
    const share = tooEarly + (tooLate - tooEarly) * (random.int(1_000) / 1_000);
    const { status, stdout, stderr } = await killedAfter(command(database), usualMs * share);
    if (status !== null && status !== 0) throw new Error(`it ended by itself with status ${status}: ${stderr}`);
    // Nothing is said before the work is done; what is cut off then is only its report.
    const isDone = status === 0 || stdout !== '';
    if (isDone && struck > 0) break;
    if (isDone) database = await begin();
    const after = await totalsOf(database);
    if (isDone) tooLate = share;
    else if (isSame(before, after)) tooEarly = share;
    else struck += 1;
    // Bounds found at one moment must not lock out all others.
    if (tooLate - tooEarly < 0.1) [tooEarly, tooLate] = [tooEarly * 0.8, tooLate * 1.2];
    before = after;
  }
  if (struck === 0) throw new Error(`no kill struck in the middle, in ${ATTEMPTS} attempts`);
  return database;
}

async function killedAfter(args: readonly string[], ms: number): Promise<Ended> {
  const running = startRetap(args);
  await Promise.race([sleep(ms), running.ended]);
  return running.stop('SIGKILL');
}

async function totalsOf(database: string): Promise<Totals> {
  const central = await openCentral({ database, now: () => 0 });
  try {
    return await central.totals(0);
  } finally {
    await central.close();
  }
}

function isSame(one: Totals, other: Totals): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
