/** `retap people`: who may ask and steer the centre. */
import { ROLES, type Role } from '@retap/central';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CENTRAL_DIRECTORY, databaseOption } from './database.ts';
import { countFrom, durationOption, parseDuration, parseOrigin, parsePersonName } from './options.ts';
import { disable, enable, type NameOption, type RolesOptions, roles, type ValidOptions } from './people/change.ts';
import { type InviteOptions, invite, recover } from './people/invite.ts';
import { list, show } from './people/list.ts';
import { type SettingsOptions, settings } from './people/settings.ts';
import { makeToken, type TokenOptions, type TokensOptions, tokens } from './people/tokens.ts';
import type { ExitStatus, Shell } from './shell.ts';

const DAY = 86_400_000;
const ID_MAX = 2 ** 31 - 1;

export function addPeople(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const people = program
    .command('people')
    .description('say who may sign in at the centre, and what they may do there (docs/people.md)');
  const add = (name: string, description: string): Command =>
    people.command(name).description(description).addOption(databaseOption(CENTRAL_DIRECTORY));
  const done = async (work: Promise<void>): Promise<void> => {
    await work;
    end(0);
  };

  add('invite', 'make the link by which somebody registers their first passkey')
    .addOption(nameOption())
    .addOption(rolesOption())
    .addOption(durationOption('--valid <DURATION>', 'how long the link is valid', '24h').argParser(parseShortly))
    .option('--why <TEXT>', 'for the audit log', '')
    .action((options: InviteOptions) => done(invite(options, shell)));
  add('list', 'show everybody').action((options: object) => done(list(options, shell)));
  add('show', 'show one of them, with passkeys, sessions and access tokens')
    .addOption(nameOption())
    .action((options: NameOption) => done(show(options, shell)));
  add('roles', 'give somebody other roles; their sessions end')
    .addOption(nameOption())
    .addOption(rolesOption())
    .requiredOption('--why <TEXT>', 'for the audit log')
    .action((options: RolesOptions) => done(roles(options, shell)));
  add('disable', 'let somebody in no more; their sessions end, their access tokens stop')
    .addOption(nameOption())
    .requiredOption('--why <TEXT>', 'for the audit log')
    .action((options: NameOption) => done(disable(options, shell)));
  add('enable', 'let somebody in again')
    .addOption(nameOption())
    .requiredOption('--why <TEXT>', 'for the audit log')
    .action((options: NameOption) => done(enable(options, shell)));
  add('recover', 'make a code by which somebody who lost their passkeys registers another')
    .addOption(nameOption())
    .addOption(durationOption('--valid <DURATION>', 'how long the code is valid', '1h').argParser(parseShortly))
    .requiredOption('--why <TEXT>', 'for the audit log')
    .action((options: ValidOptions) => done(recover(options, shell)));
  add('token', 'make an access token for a machine')
    .requiredOption('--name <TEXT>', 'what it is for')
    .addOption(rolesOption())
    .addOption(new Option('--owner <NAME>', 'in whose name it asks; it ends with them').argParser(parsePersonName))
    .addOption(durationOption('--valid <DURATION>', 'how long it is valid', '365d'))
    .option('--why <TEXT>', 'for the audit log', '')
    .action((options: TokenOptions) => done(makeToken(options, shell)));
  add('tokens', 'show all access tokens, or revoke one')
    .addOption(new Option('--revoke <ID>', 'the one to revoke, for ever').argParser(countFrom(1, ID_MAX)))
    .option('--why <TEXT>', 'for the audit log', '')
    .action((options: TokensOptions) => done(tokens(options, shell)));
  add('settings', 'show or change where people reach the centre and how long sessions last')
    .addOption(new Option('--origin <URL>', 'where people reach it; passkeys work there only').argParser(parseOrigin))
    .addOption(durationOption('--session-idle <DURATION>', 'after how long without a request a session ends'))
    .addOption(durationOption('--session-length <DURATION>', 'how long a session lasts at most'))
    .option('--why <TEXT>', 'for the audit log', '')
    .action((options: SettingsOptions) => done(settings(options, shell)));
}

function nameOption(): Option {
  return new Option('--name <NAME>', 'what the person is called').argParser(parsePersonName).makeOptionMandatory();
}

function rolesOption(): Option {
  const parse = (word: string, before: readonly Role[] = []): Role[] => {
    const role = ROLES.find((each) => each === word);
    if (role === undefined) throw new InvalidArgumentError(`Give one of ${ROLES.join(', ')}.`);
    return [...before, role];
  };
  return new Option('--role <ROLE>', `${ROLES.join(', ')}; may be given several times`)
    .argParser(parse)
    .makeOptionMandatory();
}

/** What opens a door should not lie about for long. */
function parseShortly(text: string): number {
  const duration = parseDuration(text);
  if (duration >= 60_000 && duration <= 7 * DAY) return duration;
  throw new InvalidArgumentError('Give from 1m to 7d.');
}
