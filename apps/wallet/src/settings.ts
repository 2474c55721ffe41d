/** What whoever holds this phone has chosen. No money depends on it, so it is kept where it is at hand at once. */
import type { Amount } from '@retap/model';

/** What is sent when, where sending costs. */
export const SENDING = [
  'at-once',
  /** When the network costs nothing by the byte, or by hand. */
  'unmetered',
  /** Payments at once, all else when the network costs nothing. */
  'payments-at-once',
] as const;
export type Sending = (typeof SENDING)[number];

export const CONFIRMING = ['pin', 'passkey'] as const;
export type Confirming = (typeof CONFIRMING)[number];

/** Something that a merchant sells. */
export interface Offer {
  readonly id: string;
  readonly name: string;
  readonly price: Amount;
  /** Of a ticket: how long it is good for, in milliseconds, and how often; null: not limited by it. */
  readonly ticket: { readonly validForMs: number | null; readonly uses: number | null } | null;
}

export interface Settings {
  readonly sending: Sending;
  readonly confirming: Confirming;
  readonly sound: boolean;
  readonly highContrast: boolean;
  readonly offers: readonly Offer[];
}

const STORED = 'retap-wallet-settings';
const FIRST: Settings = { sending: 'at-once', confirming: 'pin', sound: true, highContrast: false, offers: [] };

/** What cannot be read is as it was at first. */
export function keptSettings(): Settings {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORED) ?? '{}');
    return { ...FIRST, ...(typeof kept === 'object' ? kept : {}) };
  } catch {
    return FIRST;
  }
}

export function keepSettings(settings: Settings): void {
  localStorage.setItem(STORED, JSON.stringify(settings));
}
