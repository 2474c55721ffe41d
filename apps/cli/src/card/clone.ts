/** `retap card clone`: a copy of a card with its serial number and its keys, as a fraudster would make one. */
import { mediumNameOf, PAGE_BYTES, toHex } from '@retap/card';
import { UsageError } from '../failure.ts';
import type { ExitStatus, Shell } from '../shell.ts';
import { copyOf, powered, withCard } from './card-in-file.ts';
import { UnfinishedCard } from './unfinished.ts';

export async function cloneCard(file: string, copy: string, shell: Shell): Promise<ExitStatus> {
  return withCard<ExitStatus>(file, async (memory) => {
    const image = memory.read();
    const begun = UnfinishedCard.begin(copy);
    if (begun === 'finished')
      throw new UsageError(`${copy}: a card that was begun before is finished under this name; choose another name`);
    if (isOther(begun.memory.read(), image)) {
      begun.leave();
      throw new UsageError(`${copy}.part: another card was begun under this name; finish it, or choose another name`);
    }
    begun.keep(image);
    begun.finish();
    const name = mediumNameOf(powered(copyOf(memory), file).uid);
    shell.stdout.write(
      `${copy}: a second card ${name}, with the keys of ${file}.\n` +
        'That is fraud, for trying how the centre finds it: let both pay, and see its alerts.\n',
    );
    return 0;
  });
}

/** Whether a card is there, and not what is left of the same copy. */
function isOther(found: Uint8Array, image: Uint8Array): boolean {
  const isEmpty = found.subarray(0, PAGE_BYTES).every((byte) => byte === 0);
  return !isEmpty && toHex(found.subarray(0, PAGE_BYTES)) !== toHex(image.subarray(0, PAGE_BYTES));
}
