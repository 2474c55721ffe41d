/** Who asks: a person by the session in their browser, or a machine by an access token. */
import type { Central } from '@retap/central';
import type { Time } from '@retap/model';
import type { Context } from 'hono';
import type { Caller, DenialCode, Guard } from '../api/caller.ts';
import type { ApiEnv } from '../api/declaration.ts';
import { sessionCookie } from './cookie.ts';
import { digestOf, TOKEN_PREFIX } from './secret.ts';
import type { Site } from './site.ts';
import { Sparing } from './sparing.ts';

export interface GuardOptions {
  readonly central: Pick<Central, 'people' | 'registry'>;
  readonly site: () => Site;
  readonly now: () => Time;
  readonly clientOf: (c: Context) => string;
}

/** How long a passkey that was shown counts as just shown, in milliseconds. */
export const FRESH_MS = 5 * 60_000;
/** Set by a page that refreshes by itself: nobody is at work, and the session may come to its idle end. */
const LOOKS_ON_HEADER = 'retap-looks-on';

export function guardOf({ central, site, now, clientOf }: GuardOptions): Guard {
  const { people, registry } = central;
  // Each with its own allowance: strangers must not use up what notes somebody who is known.
  const sparing = { strangers: new Sparing(now), known: new Sparing(now) };
  let isEnrolled = false;
  const isOpen = async (): Promise<boolean> => {
    // An enrolled centre stays one, so it need not be asked again.
    isEnrolled ||= (await registry.settlement())?.admission === 'enrolled';
    return !isEnrolled;
  };

  const byToken = async (token: string): Promise<Caller> => {
    const found = token.startsWith(TOKEN_PREFIX) ? await people.token(digestOf(token)) : null;
    if (!found) return { kind: 'everybody' };
    const { id, owner, roles, expiresAt } = found;
    // No person can be called like the number: a name has no space.
    const name = owner ?? `token ${id}`;
    const who = owner === null ? name : `@${owner}`;
    return { kind: 'person', name, who, roles, by: 'token', credential: String(id), freshUntil: 0, endsAt: expiresAt };
  };
  const bySession = async (token: string, looksOn: boolean): Promise<Caller> => {
    const found = await people.session(digestOf(token), looksOn);
    if (!found) return { kind: 'everybody' };
    const { id, name, roles, confirmedAt, endsAt } = found;
    const freshUntil = confirmedAt + FRESH_MS;
    return { kind: 'person', name, who: `@${name}`, roles, by: 'session', credential: String(id), freshUntil, endsAt };
  };
  return {
    now,
    isOpen,
    async callerOf(c) {
      const bearer = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
      if (bearer !== undefined) return byToken(bearer);
      const cookie = sessionCookie(c, site());
      if (cookie === undefined) return { kind: 'everybody' };
      // A stream is opened again by the browser itself.
      const looksOn = c.req.header(LOOKS_ON_HEADER) === '1' || c.req.header('accept') === 'text/event-stream';
      return bySession(cookie, looksOn);
    },
    async isLive(caller) {
      if (caller.kind === 'everybody') return isOpen();
      const id = Number(caller.credential);
      return caller.by === 'session' ? people.isLive({ session: id }) : people.isLive({ token: id });
    },
    async refused(c: Context<ApiEnv>, caller: Caller, code: DenialCode) {
      if (code === 'centre-open') return;
      const client = clientOf(c);
      const who = caller.kind === 'person' ? caller.who : null;
      const { route } = c.var;
      const noted = sparing[who === null ? 'strangers' : 'known'].note(
        `${who ?? client} ${code} ${c.req.method} ${route}`,
      );
      if (noted === null) return;
      const leftOut = noted.leftOut === 0 ? {} : { leftOut: noted.leftOut };
      const detail = { refusal: code, method: c.req.method, client, ...leftOut };
      await people.refused('request.refused', who, route, detail);
    },
  };
}
