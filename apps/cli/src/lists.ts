/** `retap lists`: what the centre tells its terminals of media, limits and tariffs. */
import { LIST_KINDS, LISTED_ACTION_KINDS, type ListKind } from '@retap/protocol';
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { CENTRAL_DIRECTORY, databaseOption } from './database.ts';
import { CENTRE_IDENTITY, identityPassphraseOption } from './identity.ts';
import {
  type ActionOptions,
  addAction,
  type ChangeOptions,
  deny,
  setLimits,
  setTariffs,
  undeny,
} from './lists/change.ts';
import { type PublishOptions, publish } from './lists/publish.ts';
import { type ShowOptions, show } from './lists/show.ts';
import { type StatusOptions, status } from './lists/status.ts';
import { countFrom, durationOption, formatOption, parseAmount, parseTime } from './options.ts';
import type { ExitStatus, Shell } from './shell.ts';

const USES_MAX = 65_535;

export function addLists(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const lists = program
    .command('lists')
    .description('say which media terminals deny, what they do to media, their limits and tariffs (docs/lists.md)');
  const done = async (work: Promise<void>): Promise<void> => {
    await work;
    end(0);
  };
  const add = (parent: Command, name: string, description: string): Command =>
    parent.command(name).description(description).addOption(databaseOption(CENTRAL_DIRECTORY));
  const changing = (parent: Command, name: string, description: string): Command =>
    add(parent, name, description).requiredOption('--why <TEXT>', 'for the history');

  const denied = lists.command('deny').description('media that no terminal serves');
  changing(denied, 'add', 'deny a medium')
    .addArgument(mediumArgument())
    .action((medium: string, options: ChangeOptions) => done(deny(medium, options, shell)));
  changing(denied, 'remove', 'serve it again')
    .addArgument(mediumArgument())
    .action((medium: string, options: ChangeOptions) => done(undeny(medium, options, shell)));

  const actions = lists.command('action').description('what is done to a medium at its next tap');
  changing(actions, 'add', 'order it; it cannot be taken back')
    .addArgument(mediumArgument())
    .addOption(new Option('--kind <KIND>', 'what').choices(LISTED_ACTION_KINDS).makeOptionMandatory())
    .option('--amount <N>', 'of a refill or refund, in minor units', parseAmount)
    .option('--product <CODE>', 'to be loaded')
    .option('--valid-from <TIME>', 'of the product', parseTime)
    .option('--valid-until <TIME>', 'of the product', parseTime)
    .option('--max-uses <N>', 'of the product', countFrom(1, USES_MAX))
    .action((medium: string, options: ActionOptions) => done(addAction(medium, options, shell)));

  const limits = lists.command('limits').description('limits of terminals that are offline');
  changing(limits, 'set', 'replace all of them by those of a JSON file')
    .argument('<FILE>', 'as { "dayTapsMax": 20, "unsentAgeMax": "3d" }')
    .action((file: string, options: ChangeOptions) => done(setLimits(file, options, shell)));

  const tariff = lists.command('tariff').description('what terminals sell, for how much, and from when on');
  changing(tariff, 'set', 'replace the tariff of now and those that follow by those of a JSON file')
    .argument('<FILE>', 'as apps/cli/examples/tariff.json; docs/lists.md says what may stand in it')
    .action((file: string, options: ChangeOptions) => done(setTariffs(file, options, shell)));

  add(lists, 'publish', 'sign the next version of each list that has changed, or is half way to its end')
    .addArgument(kindsArgument())
    .option('--identity <FILE>', "the centre's key pair", CENTRE_IDENTITY)
    .addOption(identityPassphraseOption())
    .addOption(durationOption('--valid <DURATION>', 'how long the version is valid', '7d'))
    .action((kinds: ListKind[], options: PublishOptions) => done(publish(kinds, options, shell)));
  add(lists, 'show', 'show what the lists say, and what is not published yet')
    .addArgument(kindsArgument())
    .option('--history', 'show who changed them, and why')
    .action((kinds: ListKind[], options: ShowOptions) => done(show(kinds, options, shell)));
  add(lists, 'status', 'show which terminals hold which versions, who is behind, and for how long')
    .addOption(formatOption())
    .action((options: StatusOptions) => done(status(options, shell)));
}

function mediumArgument(): Argument {
  return new Argument('<MEDIUM>', 'its name; of a card, its number as 14 hexadecimal digits').argParser((text) => {
    if (/^[0-9A-Za-z._-]{1,64}$/.test(text)) return text;
    throw new InvalidArgumentError('Give 1 to 64 characters of 0-9 A-Z a-z . _ -');
  });
}

function kindsArgument(): Argument {
  return new Argument('[LIST...]', `which: ${LIST_KINDS.join(', ')}; default: all`).choices(LIST_KINDS);
}
