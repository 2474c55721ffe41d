/** `retap phones`: phones that pay and are paid, and what they may do. */
import { PHONE_ADMISSIONS, PHONE_PRESETS, TOP_UP_POLICIES } from '@retap/central';
import type { RecordIdentity, TerminalNumber } from '@retap/model';
import { PHONE_KINDS } from '@retap/protocol';
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { CENTRAL_DIRECTORY, databaseOption } from './database.ts';
import { countFrom, durationOption, formatOption, parseAmount } from './options.ts';
import { type InviteOptions, invite } from './phones/invite.ts';
import { type LimitsOptions, limits } from './phones/limits.ts';
import { type ListOptions, list } from './phones/list.ts';
import { type LostOptions, lost } from './phones/lost.ts';
import { type PayOutOptions, payOut } from './phones/pay-out.ts';
import { type TakingsOptions, takings } from './phones/takings.ts';
import type { ExitStatus, Shell } from './shell.ts';

const NUMBER_MAX = 2 ** 31 - 1;
const DAYS_MAX = 90;

export function addPhones(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const phones = program
    .command('phones')
    .description('say which phones pay and are paid here, and what they may do (docs/phones.md)');
  const add = (name: string, description: string): Command =>
    phones.command(name).description(description).addOption(databaseOption(CENTRAL_DIRECTORY));
  const done = async (work: Promise<void>): Promise<void> => {
    await work;
    end(0);
  };

  add('list', 'show all phones, and how each stands')
    .addOption(formatOption())
    .action((options: ListOptions) => done(list(options, shell)));
  add(
    'limits',
    'show or set what phones may do between two visits to the centre, who is registered, how value is loaded',
  )
    .addOption(new Option('--set <PRESET>', 'limits ready-made, with their currency and days').choices(PHONE_PRESETS))
    .addOption(new Option('--currency <CODE>', 'ISO 4217, as EUR').argParser(parseCurrency))
    .option('--days <N>', 'how long a certificate is valid', countFrom(1, DAYS_MAX))
    .addOption(
      new Option(
        '--admission <WHO>',
        'who is registered: anybody; persons, and merchants by a code; or who was invited',
      ).choices(PHONE_ADMISSIONS),
    )
    .addOption(
      new Option(
        '--top-up <POLICY>',
        'what a top-up by the phone is: free money, for demonstrations; asked of a clerk; none',
      ).choices(TOP_UP_POLICIES),
    )
    .option('--mebibyte-price <N>', 'what a mebibyte costs the owner, in minor units; phones show it', parseAmount)
    .option('--why <TEXT>', 'for the audit log', '')
    .action((options: LimitsOptions) => done(limits(options, shell)));
  add('invite', 'make the code by which a phone is registered, where one is needed')
    .addOption(new Option('--kind <KIND>', 'what the phone is used for').choices(PHONE_KINDS).default('merchant'))
    .requiredOption('--name <TEXT>', 'whose it will be, for people')
    .addOption(durationOption('--valid <DURATION>', 'how long the code is valid', '7d'))
    .option('--why <TEXT>', 'for the history', '')
    .action((options: InviteOptions) => done(invite(options, shell)));
  add('lost', 'say that a phone is lost: it gets no certificate any more, and others take nothing from it')
    .addArgument(new Argument('<NUMBER>', 'of the phone, as 1000000007').argParser(phoneNumber))
    .requiredOption('--why <TEXT>', 'for the history')
    .action((terminal: TerminalNumber, options: LostOptions) => done(lost(terminal, options, shell)));
  add('takings', 'show what phones were paid, gave back and cashed out, and which payments to them are in doubt')
    .addArgument(new Argument('[NUMBER]', 'of one phone').argParser(phoneNumber))
    .addOption(formatOption())
    .action((terminal: TerminalNumber | undefined, options: TakingsOptions) => done(takings(terminal, options, shell)));
  add('pay-out', 'note that a cash-out was paid to its owner: once')
    .addArgument(new Argument('<RECORD>', 'the cash-out, as 1000000007-12').argParser(parseIdentity))
    .requiredOption('--why <TEXT>', 'for the audit log: how it was paid')
    .action((cashOut: RecordIdentity, options: PayOutOptions) => done(payOut(cashOut, options, shell)));
}

const phoneNumber = countFrom(1_000_000_001, NUMBER_MAX) as (text: string) => TerminalNumber;

function parseCurrency(text: string): string {
  if (/^[A-Z]{3}$/.test(text)) return text;
  throw new InvalidArgumentError('Give three capital letters, as EUR.');
}

function parseIdentity(text: string): RecordIdentity {
  const [, terminal, serial] = /^([1-9]\d{9})-([1-9]\d{0,9})$/.exec(text) ?? [];
  if (terminal === undefined || serial === undefined) {
    throw new InvalidArgumentError('Give the number of the phone and the serial of its record, as 1000000007-12.');
  }
  return { terminal: Number(terminal), serial: Number(serial) };
}
