/** Where people reach the centre: passkeys are made for this place, and what people ask comes from it. */
import type { Context } from 'hono';

export interface Site {
  /** `https://centre.example`. */
  readonly origin: string;
  /** What a passkey is bound to: the host's name (WebAuthn's RP ID). */
  readonly rpId: string;
  /** Name of the cookie. `__Host-` has the browser refuse one that another host, or plain HTTP, has set. */
  readonly cookie: string;
  readonly isSecure: boolean;
}

/** @param origin as {@link originFault} lets through */
export function siteOf(origin: string): Site {
  const { protocol, hostname } = new URL(origin);
  const isSecure = protocol === 'https:';
  return { origin, rpId: hostname, cookie: isSecure ? '__Host-retap' : 'retap', isSecure };
}

/** Why people cannot be told to come there; null where they can. */
export function originFault(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.origin !== text) return 'give scheme and host only, as https://centre.example';
  if (/^[\d.]+$|^\[/.test(url.hostname)) return 'a passkey is bound to a name, not to an address: name the host';
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && url.hostname === 'localhost');
  return isSecure ? null : 'browsers make passkeys over https only, or on http://localhost';
}

/** Where nothing was said: this machine by its name, as by its address no passkey works. @param url as it listens */
export function localOrigin(url: string): string {
  const { protocol, port } = new URL(url);
  return `${protocol}//localhost${port === '' ? '' : `:${port}`}`;
}

/** Asked for by an address of this machine: the same page by its name. Null where that is not so. */
export function byName(c: Context, { origin }: Site): string | null {
  const host = c.req.header('host') ?? '';
  const port = /:\d+$/.exec(host)?.[0] ?? '';
  const isAddress = /^(127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
  return isAddress && new URL(origin).host === `localhost${port}` ? origin + c.req.path : null;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether another site's page has the browser ask this. Whoever is no browser names no origin, and has no cookie to be
 * misused. (OWASP ASVS 5.0, 3.5: checked beside SameSite=Strict.)
 */
export function isForeign(c: Context, { origin, cookie }: Site): boolean {
  if (SAFE.has(c.req.method)) return false;
  const relation = c.req.header('sec-fetch-site');
  if (relation !== undefined) return relation !== 'same-origin';
  const named = c.req.header('origin');
  if (named !== undefined) return named !== origin;
  return c.req.header('cookie')?.includes(`${cookie}=`) ?? false;
}

/** Where an invitation's link leads. Behind the `#` it reaches no server, no proxy and no log. */
export function linkTo(origin: string, token: string): string {
  return `${origin}/sign-in.html#link=${token}`;
}
