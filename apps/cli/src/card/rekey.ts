/** `retap card rekey`: the newest keys of the issuer for a card that has older ones. Torn, it is run again. */
import { type CardView, channelOf, issuerKeys, rekey } from '@retap/card';
import { UsageError } from '../failure.ts';
import type { ExitStatus, Shell } from '../shell.ts';
import { keyOfValue, powered, random, withCard } from './card-in-file.ts';
import { assertIssuer, type KeysOptions, openKeys } from './key-place.ts';
import { lookAt } from './look.ts';

export async function rekeyCard(file: string, options: KeysOptions, shell: Shell): Promise<ExitStatus> {
  const keys = await openKeys(options, shell);
  try {
    assertIssuer(keys, options);
    return await withCard<ExitStatus>(file, async (memory) => {
      const before = versionsOf((await lookAt(memory, file)).view);
      const channel = channelOf(powered(memory, file));
      const outcome = await rekey({ channel, keys: issuerKeys(keys), keyOfValue, random });
      if (outcome === 'foreign') {
        throw new UsageError(`${file}: none of these keys opens the card; name the key store of its issuer`);
      }
      if (outcome !== 'rekeyed') throw new Error(`a card in a file is ${outcome}`);
      const after = versionsOf((await lookAt(memory, file)).view);
      const isSame = before === after;
      shell.stdout.write(
        isSame
          ? `${file}: has the newest keys already: ${after}\n`
          : `${file}: from ${before}\n${' '.repeat(file.length)}  to   ${after}\n`,
      );
      return 0;
    });
  } finally {
    keys.close();
  }
}

/** `card 1, master 1, read 1, …` */
export function versionsOf({ piccVersion, account }: CardView): string {
  const versions = Object.entries(account?.keyVersions ?? {}).map(([purpose, version]) => `${purpose} ${version}`);
  return [`card ${piccVersion}`, ...versions].join(', ');
}
