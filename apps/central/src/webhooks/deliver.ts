/** One attempt to deliver one message: to exactly the address that was checked, and nowhere that the answer says. */
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type AddressRules, type DeliveryOutcome, hostOf, mayBeSentTo, targetFault } from '@retap/central';

interface Address {
  readonly address: string;
  readonly family: number;
}

/** Asks the name service, once. */
type Resolve = (host: string) => Promise<readonly Address[]>;

export interface DeliveryRules extends AddressRules {
  readonly resolve: Resolve;
  /** From the first look at the name to the end of the answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
}

export interface Delivered {
  readonly outcome: DeliveryOutcome;
  readonly status: number | null;
}

class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly code = 'address-refused';
}

/** Never throws: whatever goes wrong is an outcome. */
export async function deliver(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  rules: DeliveryRules,
): Promise<Delivered> {
  const timeout = AbortSignal.timeout(rules.timeoutMs);
  try {
    // Rules may have become stricter since it was made.
    if (targetFault(url, rules) !== null) throw new AddressRefused('the URL itself');
    const address = await within(timeout, allowedAddress(hostOf(new URL(url)), rules));
    const status = await post(new URL(url), address, headers, body, rules.answerBytesMax, timeout);
    if (status === null) return { outcome: 'answer-too-large', status };
    const isDelivered = status >= 200 && status < 300;
    return { outcome: isDelivered ? 'delivered' : status === 410 ? 'gone' : 'refused', status };
  } catch (error) {
    if (error instanceof AddressRefused) return { outcome: 'address-refused', status: null };
    return { outcome: timeout.aborted ? 'timed-out' : 'unreachable', status: null };
  }
}

/** One of which none may be refused: a name that leads to our own network too is no name to be sent to. */
async function allowedAddress(host: string, rules: DeliveryRules): Promise<Address> {
  const literal = isIP(host);
  const found = literal === 0 ? await rules.resolve(host) : [{ address: host, family: literal }];
  const refused = found.find(({ address }) => !mayBeSentTo(address, rules));
  if (refused) throw new AddressRefused(refused.address);
  const [first] = found;
  if (!first) throw new Error('the name has no address');
  return first;
}

/** The status; null where the answer is longer than it may be. Redirects are statuses like others: nobody follows them. */
function post(
  url: URL,
  address: Address,
  headers: Readonly<Record<string, string>>,
  body: string,
  answerBytesMax: number,
  signal: AbortSignal,
): Promise<number | null> {
  // The name is not asked again: between two answers a name service may have changed its mind (DNS rebinding).
  const lookup = ((_host, options, found) =>
    options.all
      ? found(null, [address as Required<Address>])
      : found(null, address.address, address.family)) as LookupFunction;
  const request = url.protocol === 'http:' ? requestPlain : requestSecure;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        ...{ method: 'POST', lookup, signal, agent: false, family: address.family },
        headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (answer) => {
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= answerBytesMax) return;
          resolve(null);
          answer.destroy();
        });
        answer.once('end', () => resolve(answer.statusCode ?? 0));
        answer.once('error', reject);
        answer.once('close', () => reject(new Error('the answer was cut off')));
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

function within<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('it took too long')), { once: true });
    work.then(resolve, reject);
  });
}
