/** `retap webhooks`: events sent to other systems. */
import { readFile } from 'node:fs/promises';
import {
  type Central,
  eventTypesNamed,
  openCentral,
  secretBytes,
  secretText,
  targetFault,
  type Webhook,
  type WebhookRefusal,
} from '@retap/central';
import { newWebhookSecret, sealOf } from '@retap/central-service';
import { Argument, type Command } from 'commander';
import { CENTRAL_DIRECTORY, type DatabaseOption, databaseOption, existingDatabase } from './database.ts';
import { UsageError } from './failure.ts';
import { type IdentityOptions, identityPassphraseOption, openCentreIdentity } from './identity.ts';
import { countFrom } from './options.ts';
import type { ExitStatus, Shell } from './shell.ts';
import { reasonOf } from './terminals/registry.ts';
import { type Column, formatTime, tableLines } from './text.ts';

interface SecretOptions extends DatabaseOption, IdentityOptions {
  readonly secretFile?: string;
  readonly why: string;
}
interface AddOptions extends SecretOptions {
  readonly url: string;
  readonly events: string;
  readonly toLoopback?: boolean;
}
interface ChangeOptions extends DatabaseOption {
  readonly why: string;
}

const DAY = 86_400_000;
const WORDS = ['enable', 'disable', 'remove'] as const;
const DESCRIPTIONS = {
  enable: 'go on sending, from where it stopped',
  disable: 'send nothing for now',
  remove: 'send nothing any more',
} as const;

export function addWebhooks(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const webhooks = program.command('webhooks').description('tell other systems what happens (docs/events.md)');
  const add = (name: string, description: string): Command =>
    webhooks.command(name).description(description).addOption(databaseOption(CENTRAL_DIRECTORY));
  const sealing = (name: string, description: string): Command =>
    add(name, description)
      .option('--secret-file <FILE>', 'file with the secret that signs; default: a new one, which is printed once')
      .option('--identity <FILE>', "key pair of an enrolled centre, made by 'retap init': by it the secret is kept")
      .addOption(identityPassphraseOption())
      .option('--why <TEXT>', 'for the audit log', '');
  const id = () => new Argument('<N>', 'its number').argParser(countFrom(1, Number.MAX_SAFE_INTEGER));
  const done = async (work: Promise<string>): Promise<void> => {
    shell.stdout.write(await work);
    end(0);
  };

  sealing('add', 'tell another system what happens from now on')
    .requiredOption('--url <URL>', 'where to: https, port 443 or 8443, on the public internet')
    .requiredOption('--events <TYPES>', 'types with commas between, as alert.raised,terminal.*')
    .option('--to-loopback', "for trying out, with 'retap serve --webhooks-to-loopback': this machine, also by http")
    .action((options: AddOptions) => done(addOne(options, shell)));
  sealing('rotate', 'sign by a new secret; the one before signs too for a day')
    .addArgument(id())
    .action((one: number, options: SecretOptions) => done(rotate(one, options, shell)));
  add('list', 'show all webhooks').action((options: DatabaseOption) => done(list(options, shell)));
  add('show', 'show one and its last attempts')
    .addArgument(id())
    .action((one: number, options: DatabaseOption) => done(show(one, options, shell)));
  for (const word of WORDS) {
    add(word, DESCRIPTIONS[word])
      .addArgument(id())
      .option('--why <TEXT>', 'for the audit log', '')
      .action((one: number, options: ChangeOptions) =>
        done(change(one, options, shell, ({ webhooks: all }) => all[word](one, reasonOf(options.why)))),
      );
  }
  add('replay', 'send everything from a position on again')
    .addArgument(id())
    .requiredOption('--from <POSITION>', 'of the first event to be sent', countFrom(1, Number.MAX_SAFE_INTEGER))
    .option('--why <TEXT>', 'for the audit log', '')
    .action((one: number, options: ChangeOptions & { readonly from: number }) =>
      done(change(one, options, shell, ({ webhooks: all }) => all.replay(one, options.from, reasonOf(options.why)))),
    );
}

async function withCentral<Result>(
  options: DatabaseOption,
  shell: Shell,
  work: (central: Central) => Promise<Result>,
): Promise<Result> {
  const central = await openCentral({ database: existingDatabase(options, shell), now: shell.now });
  try {
    return await work(central);
  } finally {
    await central.close();
  }
}

/** Sealed for the database, and as it is told to whoever receives; null where they have it already. */
async function newSecret(central: Central, options: SecretOptions, shell: Shell) {
  const settlement = await central.registry.settlement();
  if (settlement?.centre && options.identity === undefined) {
    throw new UsageError('--identity is missing: by it the secret is kept, so that the database alone tells nobody');
  }
  const identity = settlement?.centre
    ? await openCentreIdentity(options.identity as string, settlement.centre, options, shell)
    : undefined;
  try {
    const given = options.secretFile === undefined ? null : await readFile(options.secretFile, 'utf8');
    const secret = given === null ? newWebhookSecret() : secretBytes(given);
    if (secret === null) throw new UsageError('--secret-file: a secret is 24 to 64 bytes as base64');
    const sealed = (await sealOf(identity)).seal(secret);
    return {
      sealed,
      told: given === null ? `secret  ${secretText(secret)}\n\nIt is told once, and never again.\n` : '',
    };
  } finally {
    identity?.close();
  }
}

function addOne(options: AddOptions, shell: Shell): Promise<string> {
  const { url, events, why, toLoopback = false } = options;
  const fault = targetFault(url, { toLoopback });
  if (fault !== null) throw new UsageError(`--url: ${fault}; an https URL on the public internet will do`);
  const types = events.split(',').flatMap((part) => {
    const named = eventTypesNamed(part.trim());
    if (named.length === 0) throw new UsageError(`--events: "${part}" is no type of event; docs/events.md has them`);
    return named;
  });
  return withCentral(options, shell, async (central) => {
    const { sealed, told } = await newSecret(central, options, shell);
    const made = await central.webhooks.add({ url, types: [...new Set(types)], secret: sealed }, reasonOf(why));
    return `webhook ${granted(made, 0).id} is told of ${types.length} types of events from now on\n${told}`;
  });
}

function rotate(id: number, options: SecretOptions, shell: Shell): Promise<string> {
  return withCentral(options, shell, async (central) => {
    const { sealed, told } = await newSecret(central, options, shell);
    granted(await central.webhooks.rotate(id, sealed, DAY, reasonOf(options.why)), id);
    return `webhook ${id} signs by a new secret; the one before signs too for a day\n${told}`;
  });
}

async function change(
  id: number,
  options: DatabaseOption,
  shell: Shell,
  work: (central: Central) => Promise<Webhook | WebhookRefusal>,
): Promise<string> {
  granted(await withCentral(options, shell, work), id);
  return `webhook ${id}: done\n`;
}

function granted(answer: Webhook | WebhookRefusal, id: number): Webhook {
  if (!('refusal' in answer)) return answer;
  const words = {
    'webhook-unknown': `there is no webhook ${id}; 'retap webhooks list' shows which there are`,
    'position-unknown': '--from: no event is kept at this position',
    'webhooks-full': 'there are as many webhooks as there may be; remove one',
  };
  throw new UsageError(words[answer.refusal]);
}

const COLUMNS: readonly Column[] = [
  { title: 'webhook', numeric: true },
  { title: 'state' },
  { title: 'delivered to', numeric: true },
  { title: 'failures', numeric: true },
  { title: 'url' },
  { title: 'events' },
];

async function list(options: DatabaseOption, shell: Shell): Promise<string> {
  const all = await withCentral(options, shell, ({ webhooks }) => webhooks.list());
  if (all.length === 0) return 'no webhooks\n';
  return `${tableLines(COLUMNS, all.map(rowOf)).join('\n')}\n`;
}

function rowOf({ id, enabled, position, failures, url, types }: Webhook): string[] {
  return [String(id), enabled ? 'enabled' : 'disabled', String(position), String(failures), url, types.join(' ')];
}

const ATTEMPTS: readonly Column[] = [
  { title: 'at' },
  { title: 'event', numeric: true },
  { title: 'outcome' },
  { title: 'status', numeric: true },
  { title: 'ms', numeric: true },
];

async function show(id: number, options: DatabaseOption, shell: Shell): Promise<string> {
  const found = await withCentral(options, shell, ({ webhooks }) => webhooks.webhook(id));
  if (!found) throw new UsageError(`there is no webhook ${id}; 'retap webhooks list' shows which there are`);
  const rows = found.attempts.map(({ at, position, outcome, status, tookMs }) => [
    ...[formatTime(at), String(position), outcome, String(status ?? ''), String(tookMs)],
  ]);
  const next = found.nextAt === null ? '' : `it is tried again at ${formatTime(found.nextAt)}\n`;
  return `${[...tableLines(COLUMNS, [rowOf(found)]), '', ...tableLines(ATTEMPTS, rows)].join('\n')}\n${next}`;
}
