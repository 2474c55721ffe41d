/** `retap init`: settles whether a centre takes only what enrolled terminals have signed. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Central, openCentral, type Settlement } from '@retap/central';
import { createIdentity, fingerprint, type Identity, openIdentity } from '@retap/keys';
import { type Command, Option } from 'commander';
import { ask } from './ask.ts';
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
import { countFrom, PERSON_NAME, parseOrigin, parsePersonName } from './options.ts';
import { linkFor } from './people/invite.ts';
import type { ExitStatus, Shell } from './shell.ts';
import { reasonOf, userName } from './terminals/registry.ts';

const DAY = 86_400_000;
const LICENCE_DAYS = 30;

interface InitOptions extends DatabaseOption, IdentityOptions {
  readonly licenceDays?: number;
  readonly open?: boolean;
  readonly administrator?: string;
  readonly origin?: string;
}

export function addInit(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  program
    .command('init')
    .description('have the centre take only what enrolled terminals have signed (docs/enrolment.md)')
    .addOption(databaseOption(CENTRAL_DIRECTORY))
    .option('--identity <FILE>', `the centre's key pair, made where there is none; default: ${CENTRE_IDENTITY}`)
    .addOption(identityPassphraseOption())
    .option('--licence-days <N>', `days a licence is valid; default: ${LICENCE_DAYS}`, countFrom(1, 3_650))
    .addOption(new Option('--administrator <NAME>', 'who looks after people; asked for').argParser(parsePersonName))
    .addOption(
      new Option('--origin <URL>', 'where people reach it, as https://centre.example; default: this machine')
        .argParser(parseOrigin)
        .conflicts('open'),
    )
    .addOption(
      new Option('--open', 'take unsigned batches, from whoever reaches the centre').conflicts([
        'identity',
        'administrator',
      ]),
    )
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
    if (settlement.admission === 'enrolled') await letPeopleIn(central, options, shell);
    return 0;
  } finally {
    await central.close();
  }
}

/** The first administrator's link; where somebody was invited before, nothing. */
async function letPeopleIn({ people }: Central, options: InitOptions, shell: Shell): Promise<void> {
  if ((await people.people()).length > 0) {
    shell.stdout.write("people are known here; 'retap people invite' makes a link for another one\n");
    return;
  }
  if (options.origin !== undefined) await people.configure({ origin: options.origin }, reasonOf(''));
  const name = options.administrator ?? (await askedAdministrator(shell));
  if (name === null) {
    const command = 'retap people invite --name NAME --role administrator';
    shell.stdout.write(`nobody can sign in yet: '${command}' makes the link for the first administrator\n`);
    return;
  }
  const invitation = { name, roles: ['administrator'], validMs: DAY, why: 'first administrator' } as const;
  const link = await linkFor(people, invitation);
  shell.stdout.write(`\nadministrator  ${name}\nlink           ${link}\n\n`);
  shell.stdout.write(`Open it within a day, once, while the centre is served: it registers a passkey as ${name}.\n`);
}

/** Null where nobody is at the keyboard. */
async function askedAdministrator(shell: Shell): Promise<string | null> {
  if (shell.stdin.isTTY !== true) return null;
  const name = await ask('name of the first administrator', shell);
  if (PERSON_NAME.test(name)) return name;
  throw new UsageError(`${name}: give 1 to 63 of a-z 0-9 . _ -, the first a letter or a digit; nobody was invited`);
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
