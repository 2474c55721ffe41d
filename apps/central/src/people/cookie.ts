/** The cookie that holds a session's token. */
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Site } from './site.ts';

export function sessionCookie(c: Context, { cookie }: Site): string | undefined {
  return getCookie(c, cookie);
}

/** Until the browser is closed, or the centre ends the session. */
export function keepSessionCookie(c: Context, site: Site, token: string): void {
  setCookie(c, site.cookie, token, attributes(site));
}

export function dropSessionCookie(c: Context, site: Site): void {
  setCookie(c, site.cookie, '', { ...attributes(site), maxAge: 0 });
}

function attributes({ isSecure }: Site) {
  return { path: '/', httpOnly: true, sameSite: 'Strict', secure: isSecure } as const;
}
