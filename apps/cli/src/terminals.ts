/** `retap terminals`: which terminals may speak to the centre. */
import type { TerminalNumber } from '@retap/model';
import { TERMINAL_ROLES } from '@retap/protocol';
import { type Command, Option } from 'commander';
import { CENTRAL_DIRECTORY, databaseOption } from './database.ts';
import { countFrom, durationOption } from './options.ts';
import type { ExitStatus, Shell } from './shell.ts';
import { type ChangeOptions, change, renew } from './terminals/change.ts';
import { type ClockLimitOptions, clockLimit } from './terminals/clock-limit.ts';
import { type InviteOptions, invite } from './terminals/invite.ts';
import { list } from './terminals/list.ts';
import { show, type TerminalOption } from './terminals/show.ts';

const NUMBER_MAX = 2 ** 31 - 1;
const DAYS_MAX = 3_650;

export function addTerminals(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const terminals = program
    .command('terminals')
    .description('say which terminals may speak to the centre (docs/enrolment.md)');
  const add = (name: string, description: string): Command =>
    terminals.command(name).description(description).addOption(databaseOption(CENTRAL_DIRECTORY));
  const done = async (work: Promise<void>): Promise<void> => {
    await work;
    end(0);
  };

  add('invite', 'make the code by which a device is enrolled under a number')
    .addOption(terminalOption())
    .addOption(new Option('--role <ROLE>', 'what the terminal is used for').choices(TERMINAL_ROLES))
    .option('--name <TEXT>', 'where it stands, for people')
    .addOption(durationOption('--valid <DURATION>', 'how long the code is valid', '24h'))
    .option('--replace-key', 'the device is enrolled and its journal intact, but it makes a new key')
    .option('--why <TEXT>', 'for the history', '')
    .action((options: InviteOptions) => done(invite(options, shell)));
  add('list', 'show all terminals').action((options: object) => done(list(options, shell)));
  add('show', 'show one terminal and its history')
    .addOption(terminalOption())
    .action((options: TerminalOption) => done(show(options, shell)));
  add('clock-limit', "show or set by how much a terminal's clock may be off before it is an alert")
    .addOption(durationOption('--set <DURATION>', 'as 30s'))
    .option('--default', 'half of the clock tolerance again')
    .option('--why <TEXT>', 'for the audit log', '')
    .action((options: ClockLimitOptions) => done(clockLimit(options, shell)));

  const changes = [
    ['suspend', 'take nothing from a terminal until it is resumed'],
    ['resume', 'take batches from a suspended terminal again'],
    ['revoke', 'take nothing from a terminal any more, for ever'],
  ] as const;
  for (const [word, description] of changes) {
    add(word, description)
      .addOption(terminalOption())
      .requiredOption('--why <TEXT>', 'for the history')
      .action((options: ChangeOptions) => done(change(word, options, shell)));
  }
  add('renew', 'make a licence valid again from now on, also one that has expired')
    .addOption(terminalOption())
    .option('--licence-days <N>', "default: the centre's", countFrom(1, DAYS_MAX))
    .option('--why <TEXT>', 'for the history', '')
    .action((options: ChangeOptions) => done(renew(options, shell)));
}

function terminalOption(): Option {
  const number = countFrom(1, NUMBER_MAX) as (text: string) => TerminalNumber;
  return new Option('--terminal <N>', 'its number').argParser(number).makeOptionMandatory();
}
