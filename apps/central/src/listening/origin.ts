/** Where a request comes from: by the connection, or by the word of a proxy that the operator trusts. */
import { type Address, addressOf, Ranges } from './address.ts';

/** Which headers the proxies set. One of the two: the other passes through them as the client wrote it. */
export const PROXY_HEADERS = ['x-forwarded-for', 'forwarded'] as const;
export type ProxyHeader = (typeof PROXY_HEADERS)[number];

export interface TrustedProxies {
  /** As `10.0.0.0/8`. */
  readonly ranges: readonly string[];
  /** Default `x-forwarded-for`, and with it `x-forwarded-proto`. */
  readonly header?: ProxyHeader;
}

export interface Origin {
  /** Of the client; `unknown` where even the connection does not say. */
  readonly address: string;
  /** Whether what the client sent was encrypted on its way here, as far as we know. */
  readonly isSecure: boolean;
  /** It came by a proxy that is trusted, so that its other headers may be believed, too. */
  readonly byProxy: boolean;
}

export interface Connection {
  readonly remote: string | undefined;
  readonly isSecure: boolean;
  /** Value of a header, lines of the same name joined by commas; undefined where there is none. */
  readonly header: (name: string) => string | undefined;
}

/** Headers beyond this are not looked into: no proxy writes so many. */
const HOPS_MAX = 32;

/** @throws RangeError where a range is none */
export function originBy({ ranges, header = 'x-forwarded-for' }: TrustedProxies): (connection: Connection) => Origin {
  const trusted = new Ranges(ranges);
  return (connection) => {
    const { remote, isSecure } = connection;
    const peer = remote === undefined ? null : addressOf(remote);
    if (peer === null) return { address: 'unknown', isSecure, byProxy: false };
    if (!trusted.has(peer)) return { address: peer.text, isSecure, byProxy: false };
    const hops = header === 'forwarded' ? forwardedHops(connection) : plainHops(connection);
    const { address, scheme } = firstStranger(peer, hops, trusted);
    return { address: address.text, isSecure: scheme === null ? isSecure : scheme === 'https', byProxy: true };
  };
}

/** What one proxy says of whoever asked it. */
interface Hop {
  readonly address: Address | null;
  readonly scheme: string | null;
}

/**
 * Each proxy adds on the right whoever asked it. So from the right, the first who is no proxy of ours is the client: what stands
 * further left is only what that one claims. Where a proxy did not say an address we know no more than that proxy.
 */
function firstStranger(
  peer: Address,
  hops: readonly Hop[],
  trusted: Ranges,
): { address: Address; scheme: string | null } {
  let address = peer;
  let scheme: string | null = null;
  for (const hop of hops.slice(-HOPS_MAX).reverse()) {
    if (hop.address === null) break;
    address = hop.address;
    scheme = hop.scheme;
    if (!trusted.has(address)) break;
  }
  return { address, scheme };
}

function plainHops({ header }: Connection): readonly Hop[] {
  const schemes = elementsOf(header('x-forwarded-proto'));
  // Proxies in a row often pass the first one's on: the rightmost was written by one of ours in any case.
  const scheme = schemes.at(-1)?.toLowerCase() ?? null;
  return elementsOf(header('x-forwarded-for')).map((text) => ({ address: nodeOf(text), scheme }));
}

/** RFC 7239, section 4: elements by commas, each of `name=value` pairs by semicolons; a value may be quoted. */
function forwardedHops({ header }: Connection): readonly Hop[] {
  const text = header('forwarded');
  if (text === undefined) return [];
  return splitOutsideQuotes(text, ',').map((element) => {
    const pairs = splitOutsideQuotes(element, ';').map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).trim().toLowerCase(), unquoted(pair.slice(at + 1).trim())] as const;
    });
    const values = new Map(pairs);
    return { address: nodeOf(values.get('for') ?? ''), scheme: values.get('proto')?.toLowerCase() ?? null };
  });
}

function elementsOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',').map((element) => element.trim());
}

/** RFC 7239, section 6: an address, perhaps with a port; `unknown` and names with an underscore are none. */
function nodeOf(text: string): Address | null {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1];
  if (bracketed !== undefined) return addressOf(bracketed);
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text)?.[1];
  return addressOf(withPort ?? text);
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts = [''];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (isQuoted && character === '\\') {
      parts[parts.length - 1] += character + text.charAt(at + 1);
      at += 1;
    } else if (!isQuoted && character === separator) parts.push('');
    else {
      if (character === '"') isQuoted = !isQuoted;
      parts[parts.length - 1] += character;
    }
  }
  return parts;
}

function unquoted(text: string): string {
  const inner = /^"(.*)"$/s.exec(text)?.[1];
  return inner === undefined ? text : inner.replaceAll(/\\(.)/gs, '$1');
}
