/** `retap card show`: what is on a card: what anybody can see, and with a key the account. */
import { mediumNameOf } from '@retap/card';
import { UsageError } from '../failure.ts';
import type { ExitStatus, Shell } from '../shell.ts';
import { copyOf, withCard } from './card-in-file.ts';
import { assertReads, type KeysOptions, openKeys } from './key-place.ts';
import { type AccountLook, accountOf, FAULT_WORDS, type Look, lookAt } from './look.ts';
import { accountLines, viewLines } from './show-text.ts';

export interface ShowOptions extends KeysOptions {
  readonly format: 'text' | 'json';
}

/** What was seen; `account` is null where no key was given, `'blank'` where the card has none yet. */
interface Shown extends Look {
  readonly account: AccountLook | 'blank' | null;
}

export async function showCard(file: string, options: ShowOptions, shell: Shell): Promise<ExitStatus> {
  // Out of the card's lock: someone may be typing a passphrase.
  const memory = await withCard(file, async (held) => copyOf(held));
  const look = await lookAt(memory, file);
  const shown: Shown = { ...look, account: await accountWith(options, shell) };
  shell.stdout.write(options.format === 'json' ? asJson(shown) : asText(file, shown));
  return 0;

  async function accountWith(keysOptions: KeysOptions, around: Shell): Promise<Shown['account']> {
    if (keysOptions.keys === undefined && keysOptions.pkcs11 === undefined) return null;
    const keys = await openKeys(keysOptions, around);
    try {
      assertReads(keys, keysOptions);
      const account = await accountOf(memory, file, keys, look.mode);
      if (typeof account !== 'string' || account === 'blank') return account;
      throw new UsageError(`${file}: ${FAULT_WORDS[account]}`);
    } finally {
      keys.close();
    }
  }
}

function asText(file: string, { uid, view, account }: Shown): string {
  const lines = [`${file}: card ${mediumNameOf(uid)}`, ...viewLines(view)];
  if (account === 'blank') lines.push('', 'The card has no account yet.');
  else if (account !== null) lines.push('', ...accountLines(account));
  else if (view.account !== null) lines.push('', 'The account is read with a key: --keys shows it.');
  return `${lines.join('\n')}\n`;
}

function asJson({ uid, view, account }: Shown): string {
  const { account: application, ...chip } = view;
  const card = { card: mediumNameOf(uid), ...chip, application };
  return `${JSON.stringify({ ...card, account: account === 'blank' ? null : account && flat(account) }, null, 2)}\n`;
}

function flat({ account, actionSerial, isBlocked, commitCount }: AccountLook): object {
  return { ...account, actionSerial, isBlocked, commitCount };
}
