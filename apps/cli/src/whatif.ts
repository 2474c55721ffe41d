/** `retap whatif`: what a city loses, expected and at worst, in closed form, and checked against simulation. */
import {
  type Check,
  check,
  DETECTIONS,
  type Estimate,
  estimate,
  isWrong,
  PERIODS,
  planOf,
} from '@retap/simulator/whatif';
import { type Command, Option } from 'commander';
import { Faults } from './failure.ts';
import { countFrom, formatOption } from './options.ts';
import { ProgressLine, paceOf } from './progress.ts';
import { type ExitStatus, type Shell, stopIfInterrupted } from './shell.ts';
import { knobOptions, knobsGiven, nameOf, type WhatIfCommandOptions } from './whatif/knobs.ts';
import { checkLines, estimateLines, jsonOf } from './whatif/text.ts';

export function addWhatIf(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const command = program
    .command('whatif')
    .description(
      'what fraud, theft and torn taps cost, expected and at worst, by formulas that it shows (docs/whatif.md)',
    )
    .option('--file <FILE>', 'a JSON file of what is below, by its name: { "clonesPerYear": 50, "unsentAgeMax": "1d" }')
    .addOption(new Option('--period <PERIOD>', 'of which the loss is').choices(PERIODS))
    .addOption(
      new Option('--detection <RULE>', 'how a copy is found: by the upload that conflicts').choices(DETECTIONS),
    )
    .option('--check', 'live each kind of event through production terminals, and compare')
    .option('--seed <SEED>', 'of the check', '1')
    .option('--stories <N>', 'of the check: events of each kind', countFrom(30, 1_000_000), 500)
    .addOption(formatOption());
  for (const option of knobOptions()) command.addOption(option);
  command.action(async (options: WhatIfCommandOptions) => end(await whatIf(options, shell)));
}

async function whatIf(options: WhatIfCommandOptions, shell: Shell): Promise<ExitStatus> {
  const given = await knobsGiven(options);
  const plan = planOf(given);
  if ('faults' in plan) throw new Faults(plan.faults.map(({ knob, wanted }) => `${nameOf(knob, options)}: ${wanted}`));
  const found = estimate(plan);
  const checked = options.check ? await checkedBy(found, options, shell) : null;
  if (options.format === 'json') shell.stdout.write(`${JSON.stringify(jsonOf(found, checked), null, 2)}\n`);
  else
    shell.stdout.write(
      `${[...estimateLines(found), ...(checked ? checkLines(checked, options.seed) : [])].join('\n')}\n`,
    );
  return checked !== null && isWrong(checked) ? 2 : 0;
}

async function checkedBy(found: Estimate, { seed, stories }: WhatIfCommandOptions, shell: Shell): Promise<Check> {
  const progress = new ProgressLine(shell);
  const total = found.sources.length * stories;
  let lived = 0;
  try {
    const checking = check(found, { seed, stories });
    for (;;) {
      const step = await checking.next();
      if (step.done) return step.value;
      stopIfInterrupted(shell);
      lived += 1;
      const { source } = step.value;
      progress.show((seconds) => `checking ${source}: ${paceOf(lived, total, seconds)}`);
    }
  } finally {
    progress.clear();
  }
}
