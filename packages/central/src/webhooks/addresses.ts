/**
 * Where no webhook may lead: everything that is not on the public internet (IANA special-purpose address registries,
 * RFC 6890 and its updates). Else whoever may make a webhook could have the centre ask its own neighbours.
 */
import { BlockList, isIP } from 'node:net';

const REFUSED_4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carrier NAT
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, and metadata of clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // IETF protocol assignments
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
];
/** All that is global unicast; outside of it are loopback, IPv4-mapped, NAT64, unique local, link-local, multicast, … */
const GLOBAL_6 = '2000::/3';
const REFUSED_6 = [
  '2001::/23', // IETF protocol assignments: Teredo, benchmarking, ORCHID
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: an IPv4 address in disguise
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

const refused4 = listOf(REFUSED_4);
const global6 = listOf([GLOBAL_6]);
const refused6 = listOf(REFUSED_6);
const loopback = listOf(LOOPBACK);

export interface AddressRules {
  /** For trying out: this machine may be sent to, and nothing else that is not public. */
  readonly toLoopback: boolean;
}

/** Whether a webhook may lead to an address. What is no address may not be led to. */
export function mayBeSentTo(address: string, { toLoopback }: AddressRules): boolean {
  if (toLoopback && isLoopbackAddress(address)) return true;
  switch (isIP(address)) {
    case 4:
      return !refused4.check(address, 'ipv4');
    case 6:
      // A zone leads to a network of this machine.
      return !address.includes('%') && global6.check(address, 'ipv6') && !refused6.check(address, 'ipv6');
    default:
      return false;
  }
}

export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !address.includes('%') && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
