/** A code by which somebody registers another passkey, where a person asks for it: whoever has it becomes that person. */
import type { ProposalKind } from '../proposals/kind.ts';
import { type RecoveryCode, recoverIn } from './administration.ts';
import type { PeopleRefusal } from './port.ts';

/** As with a terminal's new key: who proposes has the code, which is worth nothing before somebody else has approved. */
export const RECOVER: ProposalKind<RecoveryCode, 'recovering' | PeopleRefusal> = {
  ...{ kind: 'person.recover', capability: 'approve-keys' },
  write: ({ name, validMs, digest }) => ({ name, validMs, digest: Buffer.from(digest).toString('hex') }),
  parse({ name, validMs, digest }) {
    if (typeof name !== 'string' || typeof validMs !== 'number' || typeof digest !== 'string') return null;
    return { name, validMs, digest: Uint8Array.from(Buffer.from(digest, 'hex')) };
  },
  shown: ({ digest: _secret, ...shown }) => shown,
  object: ({ name }) => `person ${name}`,
  carryOut: recoverIn,
};
