/** Names of phones and their accounts, and texts that one phone shows of another. */
import type { MediumName, TerminalNumber } from '@retap/model';

/** A phone is two things under one number: terminal 1000000007, and the medium `P1000000007` that it carries. */
export function phoneMedium(terminal: TerminalNumber): MediumName {
  return `P${terminal}`;
}

/** The phone whose account a medium is; null for a card, or any other name. */
export function phoneOfMedium(medium: string): TerminalNumber | null {
  const digits = /^P([1-9]\d{0,9})$/.exec(medium)?.[1];
  const terminal = digits === undefined ? 0 : Number(digits);
  return terminal >= 1 && terminal <= 2 ** 31 - 1 ? terminal : null;
}

/** Of whom a debit of cash-out is to: nobody's phone. */
export const CENTRE = 'centre';

export const NAME_LENGTH_MAX = 40;
export const NOTE_LENGTH_MAX = 120;

/** No controls, nothing that turns the direction of writing around: a name must not make another text beside it lie. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/** Whether a text may be shown to another person as it is. It is text, and never markup, whatever it says. */
export function isShowable(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && [...value].length <= lengthMax && value.trim() === value && !UNFIT.test(value);
}
