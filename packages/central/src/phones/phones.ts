/** Phones in the database. */
import type { Time } from '@retap/model';
import { notingRefusal } from '../audit/refused.ts';
import { STRANGER, type Strangers } from '../audit/strangers.ts';
import type { Database } from '../database/database.ts';
import type { VerifySignature } from '../registry/port.ts';
import { invitePhone } from './invite.ts';
import { PRESETS } from './limits.ts';
import { listPhones, versionsOf } from './list.ts';
import { declareLost, loseBy } from './lost.ts';
import type { Phones } from './port.ts';
import { register } from './register.ts';
import { phoneSettingsOf, setPhones } from './settings.ts';
import { hearStanding } from './standing.ts';
import { hearWish } from './wishes.ts';

export function phonesOf(
  database: Database,
  verifySignature: VerifySignature,
  strangers: Strangers,
  now: () => Time,
): Phones {
  return {
    settings: () => phoneSettingsOf(database),
    set: (changed, reason) => setPhones(database, changed, reason, now()),
    limitsOf: (preset) => PRESETS[preset].limits,
    list: (query) => listPhones(database, query),
    invite: (invitation, reason) => invitePhone(database, invitation, reason, now()),
    register: (registration, centre, sign) =>
      notingRefusal(
        database,
        register(database, registration, { centre, sign, verifySignature, now: now() }),
        { at: now(), who: STRANGER, what: 'phone.registered', object: '' },
        strangers,
      ),
    hear: (standing, sign) => hearStanding(database, standing, sign, verifySignature, now()),
    wish: (wish) => hearWish(database, wish, verifySignature, now()),
    lose: (code) => loseBy(database, code, now()),
    declareLost: (terminal, reason) =>
      notingRefusal(database, declareLost(database, terminal, reason, now()), {
        ...{
          at: now(),
          who: reason.who,
          what: 'terminal.lost',
          object: `terminal ${terminal}`,
          detail: { why: reason.why },
        },
      }),
    versions: (terminals) => versionsOf(database, terminals),
  };
}
