/** A certificate that signs itself, as DER by hand (RFC 5280, section 4.1): tests need no program of the system for it. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const OID = {
  commonName: [0x55, 0x04, 0x03],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  subjectAltName: [0x55, 0x1d, 0x11],
} as const;

function element(tag: number, ...contents: (Uint8Array | readonly number[])[]): Buffer {
  const content = Buffer.concat(contents.map((each) => Uint8Array.from(each)));
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.from([tag, ...size]), content]);
}

const sequence = (...contents: (Uint8Array | readonly number[])[]): Buffer => element(0x30, ...contents);
const oid = (bytes: readonly number[]): Buffer => element(0x06, bytes);
const utcTime = (time: number): Buffer =>
  element(0x17, Buffer.from(new Date(time).toISOString().replaceAll(/[-:T]|^20|\.\d+/g, '')));
const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;

/** PEM of an ECDSA P-256 key and of its certificate for `localhost` and 127.0.0.1. */
export function selfSigned(name: string, expiresAt: number): { readonly certificate: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const who = sequence(element(0x31, sequence(oid(OID.commonName), element(0x0c, Buffer.from(name)))));
  const names = sequence(element(0x82, Buffer.from('localhost')), element(0x87, [127, 0, 0, 1]));
  const toBeSigned = sequence(
    element(0xa0, element(0x02, [2])), // version 3
    element(0x02, [1, ...randomBytes(8)]),
    algorithm,
    who,
    sequence(utcTime(expiresAt - 10 * 365 * 86_400_000), utcTime(expiresAt)),
    who,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(sequence(oid(OID.subjectAltName), element(0x04, names)))),
  );
  const signature = element(0x03, [0], sign('sha256', toBeSigned, privateKey));
  return {
    certificate: pem('CERTIFICATE', sequence(toBeSigned, algorithm, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
