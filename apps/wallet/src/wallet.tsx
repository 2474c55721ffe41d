/** What every screen has at hand: the phone, where one is, what was chosen, and the centre when it is reached. */
import type { Phone, PhoneView } from '@retap/phone';
import { createContext } from 'preact';
import { useContext, useMemo } from 'preact/hooks';
import type { WalletDatabase } from './edges/database.ts';
import type { Way } from './place.ts';
import type { Settings } from './settings.ts';
import type { SyncCause, SyncState } from './sync.ts';
import { type Forms, formsOf } from './words/forms.ts';
import { useLanguage } from './words/language.tsx';

export interface Wallet {
  readonly phone: Phone;
  readonly view: PhoneView;
  readonly database: WalletDatabase;
  readonly way: Way;
  readonly settings: Settings;
  choose(chosen: Partial<Settings>): void;
  readonly syncState: SyncState;
  sync(cause: SyncCause): Promise<void>;
}

export const WalletContext = createContext<Wallet | null>(null);

export function useWallet(): Wallet {
  const wallet = useContext(WalletContext);
  if (wallet === null) throw new Error('asked for the wallet outside of it');
  return wallet;
}

/** Money in the phone's own currency. */
export function useMoney(): Forms {
  const { locale } = useLanguage();
  const { currency } = useWallet().view;
  return useMemo(() => formsOf(locale, currency), [locale, currency]);
}
