/** A number for a phone that will be registered by a code. */
import type { TerminalNumber, Time } from '@retap/model';
import type { Database } from '../database/database.ts';
import { inviteIn } from '../registry/invitation.ts';
import type { Reason } from '../registry/port.ts';
import type { Phones } from './port.ts';
import { lockNumbers, nextNumber } from './register.ts';

export function invitePhone(
  database: Database,
  { kind, name, codeDigest, validMs }: Parameters<Phones['invite']>[0],
  reason: Reason,
  now: Time,
): ReturnType<Phones['invite']> {
  return database.transaction(
    async (sql): Promise<TerminalNumber | { readonly refusal: 'phones-full' | 'centre-open' }> => {
      await lockNumbers(sql);
      const terminal = await nextNumber(sql);
      if (terminal === null) return { refusal: 'phones-full' };
      const invited = await inviteIn(sql, { terminal, codeDigest, validMs, as: { role: kind, name } }, reason, now);
      // A number that is new can be refused for nothing else.
      return invited === 'invited' ? terminal : { refusal: 'centre-open' };
    },
  );
}
