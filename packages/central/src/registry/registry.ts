/** The registry in the database: each change is one SQL transaction, with its line in the history. */
import type { TerminalNumber, Time } from '@retap/model';
import { touchTerminals } from '../alert-work/touch.ts';
import { notingRefusal } from '../audit/refused.ts';
import { STRANGER, type Strangers } from '../audit/strangers.ts';
import type { Database } from '../database/database.ts';
import type { Change } from '../proposals/change.ts';
import { clockOffsetMax, hearTimeQuestion, settleClockOffsetMax } from './clock.ts';
import { enrol } from './enrol.ts';
import { forgetCodes, inviteIn, REPLACE_KEY } from './invitation.ts';
import { historyOf, registeredTerminals } from './list.ts';
import type { Reason, Registry, RegistryRefusal, TerminalState, VerifySignature } from './port.ts';
import { renew, renewSigned } from './renewal.ts';
import { keepChange, lockTerminal } from './row.ts';
import { settle, settlementOf } from './settlement.ts';

export function registryOf(
  database: Database,
  change: Change,
  verifySignature: VerifySignature,
  strangers: Strangers,
  now: () => Time,
): Registry {
  /** Whoever was refused is in the audit log too. */
  const tried = <Answer>(what: string, terminal: TerminalNumber, { who, why }: Reason, answer: Promise<Answer>) =>
    notingRefusal(database, answer, {
      ...{ at: now(), who, what: `terminal.${what}`, object: `terminal ${terminal}`, detail: { why } },
    });
  return {
    settlement: () => settlementOf(database),
    settle: (settlement, who = 'centre') => settle(database, settlement, who, now()),
    invite: (invitation, reason) =>
      tried(
        ...(['invited', invitation.terminal, reason] as const),
        // Whoever has a code for a number in use can take its place.
        invitation.as === null
          ? change(REPLACE_KEY, invitation, reason)
          : database.transaction((sql) => inviteIn(sql, invitation, reason, now())),
      ),
    enrol: (request) =>
      notingRefusal(
        database,
        enrol(database, request, verifySignature, now()),
        { at: now(), who: STRANGER, what: 'terminal.enrolled', object: '' },
        strangers,
      ),
    renewSigned: (request) =>
      notingRefusal(
        database,
        renewSigned(database, request, verifySignature, now()),
        (refusal) => ({
          // Only its signature says that it was the terminal.
          who: ['signature-invalid', 'terminal-unknown'].includes(refusal) ? STRANGER : `terminal ${request.terminal}`,
          ...{ at: now(), what: 'terminal.renewed', object: `terminal ${request.terminal}` },
        }),
        strangers,
      ),
    renew: (terminal, reason, licenceMs) =>
      tried('renewed', terminal, reason, renew(database, terminal, reason, licenceMs, now())),
    suspend: (terminal, reason) =>
      tried('suspended', terminal, reason, changeState(database, terminal, 'suspended', reason, now())),
    resume: (terminal, reason) =>
      tried('resumed', terminal, reason, changeState(database, terminal, 'active', reason, now())),
    revoke: (terminal, reason) =>
      tried('revoked', terminal, reason, changeState(database, terminal, 'revoked', reason, now())),
    hearTimeQuestion: async (bytes) => hearTimeQuestion(database, bytes, verifySignature, now()),
    clockOffsetMax: () => clockOffsetMax(database),
    settleClockOffsetMax: (most, reason) => settleClockOffsetMax(database, most, reason, now()),
    terminals: () => registeredTerminals(database, null),
    async terminal(terminal) {
      const [found] = await registeredTerminals(database, terminal);
      return found ? { ...found, history: await historyOf(database, terminal) } : null;
    },
  };
}

const WORDS = { suspended: 'suspended', active: 'resumed', revoked: 'revoked' } as const;

/** Into a state; nothing where it is in that state already. */
function changeState(
  database: Database,
  terminal: TerminalNumber,
  state: keyof typeof WORDS,
  reason: Reason,
  now: Time,
): Promise<TerminalState | RegistryRefusal> {
  return database.transaction(async (sql) => {
    const row = await lockTerminal(sql, terminal);
    if (!row) return { refusal: 'terminal-unknown' };
    if (row.state === state) return state;
    if (row.state === 'revoked') return { refusal: 'terminal-revoked' };
    if (state === 'suspended' && row.state !== 'active') return { refusal: 'terminal-not-active' };
    if (state === 'active' && row.state !== 'suspended') return { refusal: 'terminal-not-suspended' };
    await sql.rows('update terminal set state = $2 where terminal = $1', [terminal, state]);
    if (state !== 'active') await forgetCodes(sql, terminal);
    await keepChange(sql, terminal, WORDS[state], reason, now);
    // A clock is no alert of a terminal that is out of service.
    await touchTerminals(sql, [terminal]);
    return state;
  });
}
