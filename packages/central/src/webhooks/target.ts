/** What a webhook's URL may look like, before its name is ever resolved. */
import { isIP } from 'node:net';
import { type AddressRules, isLoopbackAddress, mayBeSentTo } from './addresses.ts';

const PORTS = ['', '443', '8443'];
const LENGTH_MAX = 2_000;

/** In the order in which they are decided. */
export type TargetFault =
  | 'url-malformed'
  | 'url-with-credentials' // they would stand in lists and logs
  | 'url-not-https'
  | 'url-port-refused'
  | 'url-address-refused';

/** Null where it may be sent to, as far as the URL itself tells. */
export function targetFault(text: string, rules: AddressRules): TargetFault | null {
  if (text.length > LENGTH_MAX || !URL.canParse(text)) return 'url-malformed';
  const url = new URL(text);
  if (url.hash !== '' || url.hostname === '') return 'url-malformed';
  if (url.username !== '' || url.password !== '') return 'url-with-credentials';
  const host = hostOf(url);
  const isTrial = rules.toLoopback && (host === 'localhost' || isLoopbackAddress(host));
  if (url.protocol !== 'https:' && !(isTrial && url.protocol === 'http:')) return 'url-not-https';
  if (!isTrial && !PORTS.includes(url.port)) return 'url-port-refused';
  if (isIP(host) !== 0 && !mayBeSentTo(host, rules)) return 'url-address-refused';
  return null;
}

/** Without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}
