/** `retap upload`: signed batches that were carried by hand. Any machine may bring them: they speak for their terminals. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { itemsOfSequence, openSignedBatch, ProtocolError, parseSignedPayload } from '@retap/protocol';
import { askCentre, type CentreAnswer, CONTENT_TYPES, faultText, isAcknowledgement } from '@retap/terminal-service';
import type { Command } from 'commander';
import { UsageError } from './failure.ts';
import { parseCentre } from './options.ts';
import { type ExitStatus, type Shell, stopIfInterrupted } from './shell.ts';
import { formatCount, formatCounted, printable } from './text.ts';

interface UploadOptions {
  readonly centre: string;
}

export function addUpload(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  program
    .command('upload')
    .description('send signed batches that were carried by hand, as `retap terminal export` wrote them')
    .argument('<FILE>', 'signed batches')
    .requiredOption('--centre <URL>', 'address of the centre', parseCentre)
    .action(async (file: string, options: UploadOptions) => end(await upload(file, options, shell)));
}

/** How often a centre that is busy is asked again, and how long it may want us to wait, in seconds. */
const ATTEMPTS = 5;
const RETRY_AFTER_MAX_S = 30;

/** @returns 2 where the centre refused some */
async function upload(file: string, { centre }: UploadOptions, shell: Shell): Promise<ExitStatus> {
  const bytes = await readFile(file);
  const count = { accepted: 0, refused: 0 };
  for (const { at, bytes: batch } of itemsIn(bytes, file)) {
    stopIfInterrupted(shell);
    if (at === 0 && !isSign1(batch)) {
      throw new UsageError(`${file}: it begins with no signed batch; give a file that 'retap terminal export' wrote`);
    }
    const name = nameOf(batch, at);
    const answer = isSign1(batch) ? await sent(batch, centre, shell) : NO_BATCH;
    if (answer.kind === 'done') {
      count.accepted += 1;
      shell.stdout.write(`${name}: accepted${quarantinedIn(answer.body)}\n`);
    } else {
      count.refused += 1;
      shell.stdout.write(`${name}: refused: ${printable(answer.message)} (${answer.code})\n`);
    }
  }
  shell.stdout.write(
    `${formatCounted(count.accepted, 'batch', 'batches')} accepted, ${formatCount(count.refused)} refused\n`,
  );
  return count.refused > 0 ? 2 : 0;
}

/** Kept here: whoever took a wrong file, of keys or letters, must not have it sent to a centre piece by piece. */
const NO_BATCH = { kind: 'refused', code: 'batch-malformed', message: 'no signed batch, and not sent' } as const;

/** By the tag of COSE_Sign1 (RFC 9052, section 2), 18. */
function isSign1(batch: Uint8Array): boolean {
  return batch[0] === 0xd2;
}

/** @throws UsageError after the batches that are whole */
function* itemsIn(bytes: Uint8Array, file: string): ReturnType<typeof itemsOfSequence> {
  try {
    yield* itemsOfSequence(bytes);
  } catch (error) {
    throw error instanceof ProtocolError ? new UsageError(`${file}: ${error.message}`, { cause: error }) : error;
  }
}

/** As a person knows it. What it says of itself is for the centre to believe. */
function nameOf(batch: Uint8Array, at: number): string {
  try {
    const { terminal, payload } = openSignedBatch(batch);
    const { from, to } = parseSignedPayload(payload);
    return `terminal ${terminal}, ${from === to ? `record ${from}` : `records ${from} to ${to}`}`;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return `from byte ${at}`;
  }
}

/** @throws UsageError where there is no centre, or it does not take over for the time being: nothing is lost by running it again */
async function sent(
  body: Uint8Array,
  centre: string,
  shell: Shell,
): Promise<Exclude<CentreAnswer, { kind: 'fault' }> & { readonly code?: string | null }> {
  for (let attempt = 1; ; attempt += 1) {
    const request = { centre, path: 'batches', contentType: CONTENT_TYPES.signed, body } as const;
    const answer = await askCentre({ ...request, signal: shell.interrupted });
    stopIfInterrupted(shell);
    if (answer.kind === 'fault') {
      throw new UsageError(`${centre}: ${faultText(answer.cause)}; run it again, what was accepted stands`);
    }
    if (answer.kind === 'done') {
      if (isAcknowledgement(answer.body)) return answer;
      throw new UsageError(`${centre}: what answered is no centre of Retap (status 200); nothing was accepted by it`);
    }
    if (answer.code === null) throw new UsageError(`${centre}: ${answer.message} (status ${answer.status})`);
    if (answer.status < 500 && answer.status !== 429) return answer;
    if (attempt === ATTEMPTS) throw new UsageError(`${centre}: ${answer.message} (${answer.code}); run it again later`);
    await sleep(1_000 * Math.min(answer.retryAfterS ?? 1, RETRY_AFTER_MAX_S), undefined, {
      signal: shell.interrupted,
    }).catch(() => stopIfInterrupted(shell));
  }
}

/** Records of an accepted batch that could not be applied, as the centre counts them. */
function quarantinedIn(body: Uint8Array): string {
  try {
    const { quarantined } = JSON.parse(Buffer.from(body).toString());
    if (!Array.isArray(quarantined) || quarantined.length === 0) return '';
    return `, ${formatCount(quarantined.length)} of its records in quarantine`;
  } catch {
    return '';
  }
}
