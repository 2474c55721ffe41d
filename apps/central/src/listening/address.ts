/** Addresses of the network, each in one form: two spellings of one client must not count as two. */
import { BlockList, isIP, SocketAddress } from 'node:net';

export interface Address {
  readonly text: string;
  readonly family: 'ipv4' | 'ipv6';
}

/** Null where it is no address: a name, `unknown`, or something made up. */
export function addressOf(text: string): Address | null {
  const plain = text.replace(/%.*$/, ''); // the zone of a link-local address is a matter of this machine
  if (isIP(plain) === 4) return { text: plain, family: 'ipv4' };
  if (isIP(plain) !== 6) return null;
  const { address } = new SocketAddress({ address: plain, family: 'ipv6' });
  const four = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return four === undefined ? { text: address, family: 'ipv6' } : { text: four, family: 'ipv4' };
}

/** Ranges of addresses, as `10.0.0.0/8`, `fd00::/8` or one address alone. */
export class Ranges {
  readonly #list = new BlockList();
  readonly #isEmpty: boolean;

  /** @throws RangeError that names the range which is none */
  constructor(ranges: readonly string[]) {
    this.#isEmpty = ranges.length === 0;
    for (const range of ranges) this.#add(range);
  }

  #add(range: string): void {
    const [text = '', bits, ...more] = range.split('/');
    const address = addressOf(text);
    const bitsMax = address?.family === 'ipv4' ? 32 : 128;
    const isNumber = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax);
    // ::ffff:10.0.0.0/104 would be counted in the bits of IPv4.
    const isPlain = address !== null && (isIP(text) === 4 || address.family === 'ipv6');
    if (!isPlain || !isNumber || more.length > 0) {
      throw new RangeError(`"${range}" is no range of addresses: give it as 10.0.0.0/8, fd00::/8 or one address`);
    }
    this.#list.addSubnet(address.text, bits === undefined ? bitsMax : Number(bits), address.family);
  }

  has({ text, family }: Address): boolean {
    // As a rule there are none, and to look for that would take longer than all else of where a request comes from.
    return !this.#isEmpty && this.#list.check(text, family);
  }
}
