/** `retap lists publish`: signs the next version of what has changed. */
import { LIST_KINDS, type ListKind } from '@retap/protocol';
import type { DatabaseOption } from '../database.ts';
import { UsageError } from '../failure.ts';
import { type IdentityOptions, openCentreIdentity } from '../identity.ts';
import type { Shell } from '../shell.ts';
import { userName } from '../terminals/registry.ts';
import { formatTime } from '../text.ts';
import { withLists } from './working.ts';

export interface PublishOptions extends DatabaseOption, IdentityOptions {
  readonly identity: string;
  readonly valid: number;
}

export async function publish(kinds: readonly ListKind[], options: PublishOptions, shell: Shell): Promise<void> {
  const { identity: file, valid: validMs } = options;
  if (validMs < 1) throw new UsageError('--valid: a version that is expired from the first tells nobody anything');
  await withLists(options, shell, async (lists, { registry }) => {
    const centre = (await registry.settlement())?.centre;
    if (!centre) throw new UsageError("this centre is open, and terminals know no key of it; run 'retap init' first");
    const identity = await openCentreIdentity(file, centre, options, shell);
    try {
      for (const kind of kinds.length > 0 ? kinds : LIST_KINDS) {
        const published = await lists.publish(kind, {
          sign: (bytes) => identity.sign(bytes),
          validMs,
          who: userName(),
        });
        if (published === null) shell.stdout.write(`${kind}: nothing to publish\n`);
        else {
          const { version, expiresAt } = published.list;
          const word = published.isNew ? 'published' : 'unchanged';
          shell.stdout.write(`${kind}: version ${version}, ${word}, valid until ${formatTime(expiresAt)}\n`);
        }
      }
    } finally {
      identity.close();
    }
  });
}
