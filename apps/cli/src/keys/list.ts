/** `retap keys list`: which masters there are, by their check values. */
import { KEY_PURPOSES, toHex } from '@retap/card';
import type { Shell } from '../shell.ts';
import { tableLines } from '../text.ts';
import { openPlace, type PlaceOptions } from './place.ts';

export async function list(options: PlaceOptions, shell: Shell): Promise<void> {
  const store = await openPlace(options, shell);
  try {
    const rows = KEY_PURPOSES.flatMap((purpose) =>
      store.versions(purpose).map((version) => {
        const check = store.checkValue(purpose, version);
        return [purpose, String(version), toHex(check ?? new Uint8Array(0))];
      }),
    );
    const columns = [{ title: 'purpose' }, { title: 'version', numeric: true }, { title: 'check value' }];
    if ('role' in store) shell.stdout.write(`key store of role ${store.role}\n`);
    shell.stdout.write(`${tableLines(columns, rows).join('\n')}\n`);
  } finally {
    store.close();
  }
}
