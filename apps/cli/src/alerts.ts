/** `retap alerts`: what people do about alerts. */
import { type AnyAlertKind, CASE_STATES, INTEGRITY_ALERT_KINDS, PROOF_ALERT_KINDS } from '@retap/central';
import { ALERT_KINDS } from '@retap/model';
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { type ListOptions, list } from './alerts/list.ts';
import { show } from './alerts/show.ts';
import { acknowledge, assign, comment, resolve } from './alerts/step.ts';
import { CENTRAL_DIRECTORY, type DatabaseOption, databaseOption } from './database.ts';
import { countFrom } from './options.ts';
import type { ExitStatus, Shell } from './shell.ts';

const NUMBER_MAX = 2 ** 31 - 1;
const KINDS: readonly AnyAlertKind[] = [...ALERT_KINDS, ...PROOF_ALERT_KINDS, ...INTEGRITY_ALERT_KINDS];

export function addAlerts(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const alerts = program
    .command('alerts')
    .description('work on alerts: who has seen them, who sees to them, how they ended (docs/alerts.md)');
  const add = (name: string, description: string): Command =>
    alerts.command(name).description(description).addOption(databaseOption(CENTRAL_DIRECTORY));
  const done = async (work: Promise<void>): Promise<void> => {
    await work;
    end(0);
  };
  const id = () => new Argument('<CASE>', 'its number').argParser(countFrom(1, Number.MAX_SAFE_INTEGER));

  add('list', 'show cases, the newest appearance first; those that are open unless --state says otherwise')
    .addOption(new Option('--state <STATE>', 'only these').choices(CASE_STATES))
    .addOption(new Option('--kind <KIND>', 'only of this kind of alert').argParser(parseKind))
    .option('--medium <M>', 'only of this medium')
    .option('--terminal <N>', 'only of this terminal', countFrom(1, NUMBER_MAX))
    .option('--assigned <NAME>', 'only those that this person is to see to')
    .option(
      '--before <N>',
      'only those before, as the list before this one ended with',
      countFrom(1, Number.MAX_SAFE_INTEGER),
    )
    .option('--limit <N>', 'not more than so many', countFrom(1, 10_000), 100)
    .action((options: ListOptions) => done(list(options, shell)));
  add('show', 'show one case and all that was done about it')
    .addArgument(id())
    .action((one: number, options: DatabaseOption) => done(show(one, options, shell)));
  add('acknowledge', 'say that somebody has seen it')
    .addArgument(id())
    .action((one: number, options: DatabaseOption) => done(acknowledge(one, options, shell)));
  add('assign', 'say who is to see to it')
    .addArgument(id())
    .requiredOption('--to <NAME>', 'a person who may work on alerts')
    .action((one: number, options: DatabaseOption & { to: string }) => done(assign(one, options, shell)));
  add('comment', 'say something about it')
    .addArgument(id())
    .requiredOption('--text <TEXT>', 'what there is to say')
    .action((one: number, options: DatabaseOption & { text: string }) => done(comment(one, options, shell)));
  add('resolve', 'say that nothing more is to be done about it')
    .addArgument(id())
    .requiredOption('--reason <TEXT>', 'why')
    .action((one: number, options: DatabaseOption & { reason: string }) => done(resolve(one, options, shell)));
}

/** Too many for the help of the option; whoever mistypes one is told them. */
function parseKind(text: string): AnyAlertKind {
  const kind = KINDS.find((each) => each === text);
  if (kind !== undefined) return kind;
  throw new InvalidArgumentError(`Give one of ${KINDS.join(', ')}.`);
}
