/** The cases of the database that a command names, and refusals in words. */
import {
  type AlertCase,
  type AlertWork,
  type AnyAlert,
  type CaseRefusal,
  type CaseRefusalCode,
  type Cure,
  openCentral,
} from '@retap/central';
import { type DatabaseOption, existingDatabase } from '../database.ts';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { formatTime } from '../text.ts';

export async function withAlertWork<Result>(
  options: DatabaseOption,
  shell: Shell,
  work: (alertWork: AlertWork) => Promise<Result>,
): Promise<Result> {
  const central = await openCentral({ database: existingDatabase(options, shell), now: shell.now });
  try {
    return await work(central.alertWork);
  } finally {
    await central.close();
  }
}

/** @throws UsageError where the answer is a refusal */
export function granted(answer: AlertCase | CaseRefusal, id: number): AlertCase {
  if ('refusal' in answer) throw new UsageError(WORDS[answer.refusal].replace('{case}', `case ${id}`));
  return answer;
}

const WORDS: Readonly<Record<CaseRefusalCode, string>> = {
  'case-unknown': "there is no {case}; 'retap alerts list' shows which there are",
  'text-missing': 'say it in words: an empty text tells nobody anything',
  'person-unknown': '--to: nobody has this name',
  'person-disabled': '--to: this person is disabled and cannot work on it',
  'person-not-allowed': '--to: none of this person’s roles may work on alerts',
  'case-cured': '{case} is cured: nothing is left to be done; it may still be commented',
  'case-resolved': '{case} is resolved; it may still be commented',
  'case-not-new': 'somebody has acknowledged {case} before',
};

/** What it is of, in one line: `medium M1, terminal 17, serial 4`. */
export function alertText({ kind: _kind, ...keys }: AnyAlert): string {
  const parts = Object.entries(keys).map(([key, value]) => `${key} ${valueText(key, value)}`);
  return parts.join(', ');
}

function valueText(key: string, value: unknown): string {
  if (key === 'time') return formatTime(value as number);
  if (!Array.isArray(value)) return String(value);
  return value.map(({ terminal, serial }) => `${terminal}-${serial}`).join(' ');
}

export function cureText(cure: Cure): string {
  switch (cure.by) {
    case 'record':
      return `record ${cure.terminal}-${cure.serial} (receipt ${cure.receipt})`;
    case 'records':
      return `what arrived with receipts ${cure.from} to ${cure.to}`;
    case 'time':
      return 'time';
    case 'clock':
      return 'its clock';
  }
}
