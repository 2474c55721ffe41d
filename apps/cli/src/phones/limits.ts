/** `retap phones limits`: what phones may do, shown and set. Certificates that were given stand until their end. */
import type { PhoneAdmission, PhonePreset, PhoneSettings, TopUpPolicy } from '@retap/central';
import type { Amount } from '@retap/model';
import { PHONE_KINDS } from '@retap/protocol';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { reasonOf } from '../terminals/registry.ts';
import { type Column, formatAmount, formatCount, tableLines } from '../text.ts';
import { withPhones } from './phones.ts';

export interface LimitsOptions extends DatabaseOption {
  readonly set?: PhonePreset;
  readonly currency?: string;
  readonly days?: number;
  readonly admission?: PhoneAdmission;
  readonly topUp?: TopUpPolicy;
  readonly mebibytePrice?: Amount;
  readonly why: string;
}

const COLUMNS: readonly Column[] = [
  { title: 'kind' },
  { title: 'one payment', numeric: true },
  { title: 'offline', numeric: true },
  { title: 'commits', numeric: true },
  { title: 'balance', numeric: true },
];

export async function limits(options: LimitsOptions, shell: Shell): Promise<void> {
  const changed = changedBy(options);
  const lines = await withPhones(options, shell, async (phones) => {
    const isChange = Object.keys(changed).length > 0;
    const settings = isChange ? await phones.set(changed, reasonOf(options.why)) : await phones.settings();
    const ofKinds = phones.limitsOf(settings.preset);
    const rows = PHONE_KINDS.map((kind) => {
      const { paymentMax, offlineMax, offlineCount, balanceMax } = ofKinds[kind];
      return [
        kind,
        formatAmount(paymentMax),
        formatAmount(offlineMax),
        formatCount(offlineCount),
        formatAmount(balanceMax),
      ];
    });
    return [...saidOf(settings), '', ...tableLines(COLUMNS, rows)];
  });
  shell.stdout.write(`${lines.join('\n')}\n`);
}

function changedBy({ set, currency, days, admission, topUp, mebibytePrice }: LimitsOptions): Partial<PhoneSettings> {
  return {
    ...(set !== undefined && { preset: set }),
    ...(currency !== undefined && { currency }),
    ...(days !== undefined && { certificateDays: days }),
    ...(admission !== undefined && { admission }),
    ...(topUp !== undefined && { topUp }),
    ...(mebibytePrice !== undefined && { mebibytePrice }),
  };
}

function saidOf({ preset, currency, certificateDays, admission, topUp, mebibytePrice }: PhoneSettings): string[] {
  return [
    `limits           ${preset}, in ${currency}; a certificate is valid for ${certificateDays} days`,
    `registered       ${ADMISSION_WORDS[admission]}`,
    `top-up           ${TOP_UP_WORDS[topUp]}`,
    `a mebibyte       ${formatAmount(mebibytePrice)}`,
  ];
}

const ADMISSION_WORDS: Readonly<Record<PhoneAdmission, string>> = {
  anybody: 'anybody, persons and merchants',
  persons: "persons; merchants by the code of 'retap phones invite'",
  invited: "who has the code of 'retap phones invite'",
};

const TOP_UP_WORDS: Readonly<Record<TopUpPolicy, string>> = {
  free: 'free: whoever asks gets it, for demonstrations',
  asked: 'asked: a clerk approves it',
  none: "none: a clerk orders it, by 'retap lists action add' or in the console",
};
