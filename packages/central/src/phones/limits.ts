/** What phones may do between two visits to the centre, in ready-made sets, each after a rule or a place that people know. */
import { amountOf } from '@retap/model';
import type { PhoneKind, PhoneLimits } from '@retap/protocol';

export const PHONE_PRESETS = ['rbi', 'eu', 'festival', 'campus'] as const;
export type PhonePreset = (typeof PHONE_PRESETS)[number];

interface Preset {
  /** ISO 4217, unless the operator says another. */
  readonly currency: string;
  readonly certificateDays: number;
  readonly limits: Readonly<Record<PhoneKind, PhoneLimits>>;
}

const limits = (paymentMax: number, offlineMax: number, offlineCount: number, balanceMax: number): PhoneLimits => ({
  ...{ paymentMax: amountOf(paymentMax), offlineMax: amountOf(offlineMax) },
  ...{ offlineCount, balanceMax: amountOf(balanceMax) },
});

/**
 * `offlineCount` counts every commit, also what is received: else a merchant could refund nothing at the end of a day. Merchants keep what
 * they take until they cash it out; what they pay is refunds, within the same limits.
 */
export const PRESETS: Readonly<Record<PhonePreset, Preset>> = {
  // Reserve Bank of India, "Framework for small value digital payments in offline mode" of 2022, as raised in 2024: ₹500 a payment, ₹2,000 in all.
  rbi: {
    ...{ currency: 'INR', certificateDays: 7 },
    limits: { person: limits(50_000, 200_000, 50, 200_000), merchant: limits(50_000, 2_000_000, 5_000, 10_000_000) },
  },
  // Commission Delegated Regulation (EU) 2018/389, article 11: €50 a payment and €150 in all without strong authentication.
  eu: {
    ...{ currency: 'EUR', certificateDays: 7 },
    limits: { person: limits(5_000, 15_000, 50, 15_000), merchant: limits(5_000, 50_000, 5_000, 500_000) },
  },
  // Three days and the way home; more is spent at once, and nobody is online.
  festival: {
    ...{ currency: 'EUR', certificateDays: 4 },
    limits: { person: limits(10_000, 30_000, 200, 30_000), merchant: limits(10_000, 100_000, 20_000, 2_000_000) },
  },
  // Small amounts, often; online every day, and away for a holiday.
  campus: {
    ...{ currency: 'EUR', certificateDays: 14 },
    limits: { person: limits(2_000, 10_000, 100, 20_000), merchant: limits(2_000, 20_000, 10_000, 500_000) },
  },
};
