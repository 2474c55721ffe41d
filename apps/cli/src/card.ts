/** `retap card`: software cards in files, to look into and to play with. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { cloneCard } from './card/clone.ts';
import { addBalanceOptions, addJournalOptions, addRetapOptions, type DeskOptions } from './card/desk.ts';
import { STEPS } from './card/field.ts';
import { type InsertOptions, insertCard } from './card/insert.ts';
import { addKeysOptions, type KeysOptions } from './card/key-place.ts';
import { type NewOptions, newCard } from './card/new.ts';
import { rekeyCard } from './card/rekey.ts';
import { addRequestOptions, productOption } from './card/request.ts';
import { sendJournal } from './card/send.ts';
import { type ShowOptions, showCard } from './card/show.ts';
import { type TapOptions, type TearOptions, tapCard, tearCard } from './card/tap.ts';
import { parseUid } from './keys/derive.ts';
import { countFrom, formatOption, parseAmount } from './options.ts';
import type { ExitStatus, Shell } from './shell.ts';

type AddCommand = (cards: Command, shell: Shell, end: (status: ExitStatus) => void) => void;

/** vpcd's first slot. */
const VPCD_PORT = 35_963;
const PORT_MAX = 65_535;
/** Far beyond any tap, and any commit of a card. */
const COUNT_MAX = 1_000;
const TERMINAL_KEYS = 'a terminal (role gate or refill), or the issuer';

export function addCard(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const cards = program
    .command('card')
    .description('make, look into and play with software cards kept in files (docs/card.md)');
  for (const add of [addNew, addShow, addTap, addTear, addClone, addInsert, addRekey, addSend]) add(cards, shell, end);
}

const addNew: AddCommand = (cards, shell, end) => {
  const uid = new Option('--uid <HEX>', 'serial number of the chip; default: one by chance').argParser(parseUid);
  const command = cards
    .command('new')
    .description("make a card, with its issuer's keys; with --balance it gets an account that the centre hears of")
    .argument('<file>', 'file of the card, as anna.card; never overwritten, but one without an account gets it')
    .addOption(uid)
    .addOption(new Option('--balance <N>', 'opens the account with so many minor units').argParser(parseBalance))
    .addOption(productOption('codes of products that it comes with, for nothing'))
    .addOption(modeOption());
  addJournalOptions(addBalanceOptions(addKeysOptions(command, 'the issuer')))
    .addHelpText(
      'after',
      examples(
        'retap keys init --store issuer.keys',
        'retap card new anna.card --keys issuer.keys --balance 2000 --terminal 900 --journal desk',
        'retap card new bob.card --keys issuer.keys --balance 0 --product month --terminal 900 --journal desk \\',
        '    --centre http://127.0.0.1:8080',
      ),
    )
    .action(async (file: string, options: NewOptions) => end(await newCard(file, options, shell)));
};

const addShow: AddCommand = (cards, shell, end) => {
  const command = cards
    .command('show')
    .description('show what is on a card: what anybody can see, and with --keys the account; changes nothing')
    .argument('<file>', 'file of the card')
    .addOption(formatOption());
  addKeysOptions(command, `an inspector, ${TERMINAL_KEYS}`)
    .addHelpText('after', examples('retap card show anna.card', 'retap card show anna.card --keys gate.keys'))
    .action(async (file: string, options: ShowOptions) => end(await showCard(file, options, shell)));
};

const addTap: AddCommand = (cards, shell, end) => {
  const command = cards
    .command('tap')
    .description('hold a card to a terminal in this process (status 0: go, 2: not)')
    .argument('<file>', 'file of the card')
    .option('--list', 'only list the exchanges of such a tap, by number and name');
  addTapOptions(command)
    .addHelpText(
      'after',
      examples(
        'retap card tap anna.card --keys gate.keys --terminal 17 --journal gate --type debit --amount 120',
        'retap card tap anna.card --keys gate.keys --type validation --product month --list',
      ),
    )
    .action(async (file: string, options: TapOptions) => end(await tapCard(file, options, shell)));
};

const addTear: AddCommand = (cards, shell, end) => {
  const when = new Option('--when <WHEN>', 'before: the command does not reach the card; after: its answer is lost');
  const command = cards
    .command('tear')
    .description('hold a card to a terminal and pull it away in the middle; tap again to see it settled')
    .argument('<file>', 'file of the card')
    .addOption(new Option('--exchange <N>', 'at this exchange of the tap, from 1').argParser(countFrom(1, COUNT_MAX)))
    .addOption(new Option('--step <NAME>', `at the exchange of this name: ${STEPS.join(', ')}`).argParser(parseStep))
    .addOption(when.choices(['before', 'after']))
    .addOption(new Option('--keep-bytes <K>', 'bytes of the answer that still come').argParser(countFrom(0, COUNT_MAX)))
    .addOption(
      new Option('--after-writes <N>', "in the card's own commit, after so many writes").argParser(
        countFrom(0, COUNT_MAX),
      ),
    );
  addTapOptions(command)
    .addHelpText(
      'after',
      examples(
        'retap card tear anna.card --keys gate.keys --terminal 17 --journal gate --type debit --amount 120 \\',
        '    --step commit --when after',
      ),
    )
    .action(async (file: string, options: TearOptions) => end(await tearCard(file, options, shell)));
};

function addTapOptions(command: Command): Command {
  return addRetapOptions(
    addBalanceOptions(addJournalOptions(addKeysOptions(addRequestOptions(command), TERMINAL_KEYS))),
  );
}

const addClone: AddCommand = (cards, shell, end) => {
  cards
    .command('clone')
    .description('copy a card with its serial number and keys, as a fraudster would, to try how clones are found')
    .argument('<file>', 'file of the card')
    .argument('<copy>', 'file of the copy; never overwritten')
    .addHelpText('after', examples('retap card clone anna.card mallory.card'))
    .action(async (file: string, copy: string) => end(await cloneCard(file, copy, shell)));
};

const addInsert: AddCommand = (cards, shell, end) => {
  cards
    .command('insert')
    .description('put a card into a virtual PC/SC reader until Ctrl-C; what is done to it goes to the file')
    .argument('<file>', 'file of the card')
    .requiredOption('--vpcd', 'the reader is vsmartcard-vpcd, under pcscd')
    .option('--host <HOST>', 'where pcscd with vpcd runs', '127.0.0.1')
    .addOption(
      new Option('--port <PORT>', 'of the slot; each further slot has the next')
        .argParser(countFrom(1, PORT_MAX))
        .default(VPCD_PORT),
    )
    .addHelpText('after', examples('retap card insert anna.card --vpcd', 'opensc-tool --list-readers'))
    .action(async (file: string, options: InsertOptions) => end(await insertCard(file, options, shell)));
};

const addRekey: AddCommand = (cards, shell, end) => {
  const command = cards
    .command('rekey')
    .description("bring a card to its issuer's newest keys, after 'retap keys rotate'; torn, run it again")
    .argument('<file>', 'file of the card');
  addKeysOptions(command, 'the issuer')
    .addHelpText(
      'after',
      examples('retap keys rotate --store issuer.keys', 'retap card rekey anna.card --keys issuer.keys'),
    )
    .action(async (file: string, options: KeysOptions) => end(await rekeyCard(file, options, shell)));
};

const addSend: AddCommand = (cards, shell, end) => {
  const command = cards.command('send').description('send what waits in the journal of a desk or gate to the centre');
  const desk = addBalanceOptions(addJournalOptions(addKeysOptions(command, 'whoever keeps the journal')));
  for (const option of desk.options) if (option.long === '--centre') option.makeOptionMandatory();
  desk
    .addHelpText(
      'after',
      examples('retap card send --keys issuer.keys --terminal 900 --journal desk --centre http://127.0.0.1:8080'),
    )
    .action(async (options: KeysOptions & DeskOptions) => end(await sendJournal(options, shell)));
};

function modeOption(): Option {
  return new Option('--mode <MODE>', 'how its files are talked to: encrypted, or in plain with a MAC')
    .choices(['full', 'mac'])
    .default('full');
}

function parseBalance(text: string): ReturnType<typeof parseAmount> {
  const balance = parseAmount(text);
  if (balance >= 0) return balance;
  throw new InvalidArgumentError('An account is opened with 0 or more.');
}

function parseStep(text: string): string {
  const [step, times = '2', ...rest] = text.split(':');
  const isStep = STEPS.some((name) => name === step) && /^[1-9]\d?$/.test(times) && rest.length === 0;
  if (isStep) return text;
  throw new InvalidArgumentError(`Give one of ${STEPS.join(', ')}; a second one of a tap has :2 behind.`);
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}
