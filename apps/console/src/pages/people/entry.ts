/** People as the centre answers them. */
import type { AccessToken, Passkey, PersonEntry, Role } from '@retap/central';
import type { Tone } from '../../parts/badge.tsx';

export type { PersonEntry };

export interface PersonDetail {
  readonly person: PersonEntry;
  readonly passkeys: readonly Passkey[];
  readonly tokens: readonly AccessToken[];
}

export const ROLES: readonly Role[] = ['administrator', 'operator', 'clerk', 'inspector', 'auditor', 'finance'];

export const STATE_TONES: Readonly<Record<PersonEntry['state'], Tone>> = {
  enabled: 'good',
  invited: 'doubt',
  disabled: 'wrong',
};

export type TokenState = 'live' | 'expired' | 'revoked';

export function tokenState({ revokedAt, expiresAt }: AccessToken, now: number): TokenState {
  if (revokedAt !== null) return 'revoked';
  return expiresAt <= now ? 'expired' : 'live';
}

/** What was asked in a form of roles. */
export function rolesIn(form: FormData): readonly Role[] {
  return ROLES.filter((role) => form.getAll('role').includes(role));
}
