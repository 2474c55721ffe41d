/** Asks the centre for a number, and says in few words how that ended. */
import { type Phone, type PhoneOptions, registerPhone } from '@retap/phone';
import type { PhoneKind } from '@retap/protocol';
import { CentreRefused, postRegistration } from './edges/centre.ts';
import { sha256 } from './edges/key.ts';

export interface Registrant {
  readonly name: string;
  readonly kind: PhoneKind;
  /** Of an invitation; empty: none. */
  readonly code: string;
  readonly recovery: string;
}

export type Registered =
  | { readonly outcome: 'registered'; readonly phone: Phone }
  | { readonly outcome: 'unreached' | 'code-wanted' }
  | { readonly outcome: 'refused'; readonly message: string };

export type Registering = (registrant: Registrant) => Promise<Registered>;

/** Refusals of the centre that the person can do something about by themselves. */
const ABOUT_THE_CODE = 'enrolment-code-';

export async function register(options: PhoneOptions, { name, kind, code, recovery }: Registrant): Promise<Registered> {
  const recoveryDigest = await sha256(new TextEncoder().encode(recovery));
  try {
    const registrant = { name, kind, recoveryDigest, code: code === '' ? null : code };
    return { outcome: 'registered', phone: await registerPhone(options, registrant, postRegistration) };
  } catch (error) {
    if (error instanceof TypeError) return { outcome: 'unreached' };
    if (error instanceof CentreRefused && error.code.startsWith(ABOUT_THE_CODE)) return { outcome: 'code-wanted' };
    return { outcome: 'refused', message: error instanceof Error ? error.message : String(error) };
  }
}
