/** `retap proposals`: what waits for a second person. */
import { PROPOSAL_STATES, type ProposalState } from '@retap/central';
import { Argument, type Command, Option } from 'commander';
import type { DatabaseOption } from './database.ts';
import { CENTRAL_DIRECTORY, databaseOption } from './database.ts';
import { countFrom } from './options.ts';
import { type DecideOptions, decide } from './proposals/decide.ts';
import { type ListOptions, list, show } from './proposals/list.ts';
import type { ExitStatus, Shell } from './shell.ts';

const NUMBER_MAX = 1e12;

export function addProposals(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const proposals = program.command('proposals').description('what waits for a second person (docs/audit.md)');
  const add = (name: string, description: string): Command =>
    proposals.command(name).description(description).addOption(databaseOption(CENTRAL_DIRECTORY));
  const done = async (work: Promise<void>): Promise<void> => {
    await work;
    end(0);
  };
  const number = (): Argument => new Argument('<N>', 'its number').argParser(countFrom(1, NUMBER_MAX));

  add('list', 'show them, newest first')
    .addOption(new Option('--state <STATE>', 'only these').choices(PROPOSAL_STATES))
    .option('--limit <N>', 'how many', countFrom(1, 10_000), 50)
    .action((options: ListOptions & { state?: ProposalState }) => done(list(options, shell)));
  add('show', 'show one with all that is known of it')
    .addArgument(number())
    .action((id: number, options: DatabaseOption) => done(show(id, options, shell)));
  const decisions = [
    ['approve', 'carry out what somebody else proposed'],
    ['reject', 'refuse what somebody else proposed'],
    ['withdraw', 'take back what you proposed'],
  ] as const;
  for (const [word, description] of decisions) {
    add(word, description)
      .addArgument(number())
      .option('--why <TEXT>', 'for the history', '')
      .action((id: number, options: DecideOptions) => done(decide(word, id, options, shell)));
  }
}
