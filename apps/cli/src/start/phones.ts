/**
 * Beside the city, whose clock runs ahead: a second, small centre for phones, in our own time. Whoever opens its wallet in two browser windows
 * can pay from one to the other.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Central, openCentral } from '@retap/central';
import { type Log, startService } from '@retap/central-service';
import { createIdentity, type Identity, openIdentity, verifySignature } from '@retap/keys';
import { encodeQR } from 'qr';
import type { Shell } from '../shell.ts';

/** It guards nothing but play money, and lies beside its file. */
const PASSPHRASE = 'demonstration';
/** In a database's directory nothing has another name. */
const DIRECTORY = 'retap-phones';
const IDENTITY = 'retap-centre.identity';
const DAY = 86_400_000;
const WHO = { who: 'centre', why: 'demonstration' };

export interface PhonePlace {
  /** Of the city's centre; the phones' is beside it. */
  readonly directory: string;
  /** 0 takes a free one; so does one that is in use. */
  readonly port: number;
  readonly host: string;
}

export interface PhoneCentre {
  /** Address of the wallet. */
  readonly wallet: string;
  stop(): Promise<void>;
}

/** @throws CentralError, KeyStoreError, system errors of listening */
export async function startPhones(place: PhonePlace, shell: Shell, log: Log): Promise<PhoneCentre> {
  const directory = path.join(place.directory, DIRECTORY);
  await mkdir(directory, { recursive: true });
  const signer = await identityIn(path.join(directory, IDENTITY));
  const central = await openCentral({ database: directory, now: shell.now, verifySignature });
  try {
    await settle(central, signer);
    const listen = (port: number) =>
      startService({ central, now: shell.now, port, host: place.host, log, signer, publishing: undefined });
    const service = await listen(place.port).catch((error) => {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return listen(0);
      throw error;
    });
    const stop = async (): Promise<void> => {
      await service.stop();
      signer.close();
      await central.close();
    };
    return { wallet: `${service.origin}/wallet/`, stop };
  } catch (error) {
    signer.close();
    await central.close();
    throw error;
  }
}

async function identityIn(file: string): Promise<Identity> {
  return existsSync(file) ? openIdentity(file, PASSPHRASE) : createIdentity(file, PASSPHRASE, randomBytes);
}

/** As it was settled before; what was changed by hand since stands. */
async function settle(central: Central, { publicKey }: Identity): Promise<void> {
  if ((await central.registry.settlement()) !== null) return;
  const centre = Uint8Array.from(publicKey);
  await central.phones.set({ preset: 'eu', admission: 'anybody', topUp: 'free' }, WHO);
  await central.registry.settle({ admission: 'enrolled', centre, licenceMs: 30 * DAY });
}

/** Where the wallet is, to be read and, on a screen, to be scanned. */
export function announcePhones(wallet: string, { stdout }: Shell): void {
  stdout.write(`\n  Wallet for phones: ${wallet}\n`);
  if (stdout.isTTY) stdout.write(`\n${encodeQR(wallet, 'term', { ecc: 'low', border: 2 })}\n`);
  stdout.write(
    'Two windows of a browser make a demonstration, one of them a private one: one gets paid, the other pays. A real phone needs ' +
      'https: retap serve --tls-certificate FILE --tls-key FILE (docs/phones.md).\n\n',
  );
}
