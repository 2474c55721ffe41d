/** `retap audit checkpoint`: the newest one, for an outsider to keep. */
import { type KeptCheckpoint, openCentral } from '@retap/central';
import { type DatabaseOption, existingDatabase } from '../database.ts';
import { UsageError } from '../failure.ts';
import { type IdentityOptions, openCentreIdentity } from '../identity.ts';
import { openOutput } from '../output.ts';
import type { Shell } from '../shell.ts';

export interface CheckpointOptions extends DatabaseOption, IdentityOptions {
  readonly output?: string;
}

export async function printCheckpoint(options: CheckpointOptions, shell: Shell): Promise<void> {
  const output = await openOutput(options.output, shell);
  try {
    const checkpoint = await newest(options, shell);
    if (checkpoint === null) {
      throw new UsageError(
        "the centre has signed no checkpoint; 'retap serve --identity' does, or name it by --identity",
      );
    }
    const { document, size, at } = checkpoint;
    await output.write(
      `${JSON.stringify({ checkpoint: Buffer.from(document).toString('hex').toUpperCase(), size, at })}\n`,
    );
    await output.finish();
  } finally {
    await output.discard();
  }
}

async function newest(options: CheckpointOptions, shell: Shell): Promise<KeptCheckpoint | null> {
  const central = await openCentral({ database: existingDatabase(options, shell), now: shell.now });
  try {
    if (options.identity === undefined) return await central.audit.newestCheckpoint();
    const centre = (await central.registry.settlement())?.centre;
    if (!centre) throw new UsageError("this centre is open, and signs nothing; run 'retap init' first");
    const identity = await openCentreIdentity(options.identity, centre, options, shell);
    try {
      return await central.audit.checkpoint((bytes) => identity.sign(bytes));
    } finally {
      identity.close();
    }
  } finally {
    await central.close();
  }
}
