/** `retap init`: settles whether a centre takes only what enrolled terminals have signed. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Central, openCentral, type Settlement } from '@retap/central';
import { createIdentity, fingerprint, type Identity, openIdentity } from '@retap/keys';
import { type Command, Option } from 'commander';
import {
  CENTRAL_DIRECTORY,
  type DatabaseOption,
  databaseNamed,
  databaseOption,
  isPostgres,
  shownDatabase,
} from './database.ts';
import { UsageError } from './failure.ts';
import { CENTRE_IDENTITY, type IdentityOptions, identityPassphrase, identityPassphraseOption } from './identity.ts';
import { newSecretOf, secretOf } from './keys/secret.ts';
import { countFrom } from './options.ts';
import type { ExitStatus, Shell } from './shell.ts';
import { userName } from './terminals/registry.ts';

const DAY = 86_400_000;
const LICENCE_DAYS = 30;

interface InitOptions extends DatabaseOption, IdentityOptions {
  readonly licenceDays?: number;
  readonly open?: boolean;
}

export function addInit(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  program
    .command('init')
    .description('have the centre take only what enrolled terminals have signed (docs/enrolment.md)')
    .addOption(databaseOption(CENTRAL_DIRECTORY))
    .option('--identity <FILE>', `the centre's key pair, made where there is none; default: ${CENTRE_IDENTITY}`)
    .addOption(identityPassphraseOption())
    .option('--licence-days <N>', `days a licence is valid; default: ${LICENCE_DAYS}`, countFrom(1, 3_650))
    .addOption(new Option('--open', 'take unsigned batches, from whoever reaches the centre').conflicts('identity'))
    .action(async (options: InitOptions) => end(await init(options, shell)));
}

async function init(options: InitOptions, shell: Shell): Promise<ExitStatus> {
  const database = databaseNamed(options, shell) ?? CENTRAL_DIRECTORY;
  if (!isPostgres(database)) await mkdir(database, { recursive: true });
  const central = await openCentral({ database, now: shell.now });
  try {
    const before = await central.registry.settlement();
    assertPossible(before, options, database);
    const settlement = options.open
      ? await central.registry.settle({ admission: 'open', centre: null, licenceMs: 0 }, userName())
      : await settleEnrolled(central, before, options, shell);
    shell.stdout.write(`${shownDatabase(database)}: ${wordsOf(settlement)}\n`);
    return 0;
  } finally {
    await central.close();
  }
}

function assertPossible(before: Settlement | null, { open, licenceDays }: InitOptions, database: string): void {
  if (before?.admission !== 'enrolled') return;
  const where = shownDatabase(database);
  if (open) {
    throw new UsageError(`${where}: it takes only what is signed, and stays so; an open centre needs a new database`);
  }
  if (licenceDays !== undefined && licenceDays * DAY !== before.licenceMs) {
    const days = before.licenceMs / DAY;
    throw new UsageError(`${where}: its licences last ${days} days; leave --licence-days out, nothing was changed`);
  }
}

async function settleEnrolled(
  central: Central,
  before: Settlement | null,
  options: InitOptions,
  shell: Shell,
): Promise<Settlement> {
  const file = options.identity ?? CENTRE_IDENTITY;
  const identity = await identityIn(file, before, options, shell);
  const centre = Uint8Array.from(identity.publicKey);
  identity.close();
  const licenceMs = (options.licenceDays ?? LICENCE_DAYS) * DAY;
  const settled = await central.registry.settle({ admission: 'enrolled', centre, licenceMs }, userName());
  if (settled.centre && Buffer.compare(settled.centre, centre) === 0) return settled;
  throw new UsageError(
    `${file}: its fingerprint is ${fingerprint(centre)}, and the centre was made with another key, ` +
      `${settled.centre && fingerprint(settled.centre)}; name the file of that one by --identity`,
  );
}

/** Opened where it is there: a run before may have been killed after it was made. */
async function identityIn(
  file: string,
  before: Settlement | null,
  options: InitOptions,
  shell: Shell,
): Promise<Identity> {
  const source = identityPassphrase(file, options);
  if (existsSync(file)) return openIdentity(file, await secretOf(source, shell));
  if (before?.admission === 'enrolled') {
    throw new UsageError(`${file}: no such file; the centre has an identity already, name its file by --identity`);
  }
  const passphrase = await newSecretOf(source, shell);
  await mkdir(path.dirname(file), { recursive: true });
  const identity = await createIdentity(file, passphrase, randomBytes);
  shell.stdout.write(`${file}: the centre's key pair. Keep a copy of it, and of its passphrase, elsewhere.\n`);
  return identity;
}

function wordsOf({ admission, centre, licenceMs }: Settlement): string {
  if (admission === 'open' || centre === null) return 'takes unsigned batches, from whoever reaches it';
  const days = `${licenceMs / DAY} days`;
  return `takes only what enrolled terminals have signed; licences last ${days}\nfingerprint  ${fingerprint(centre)}`;
}
