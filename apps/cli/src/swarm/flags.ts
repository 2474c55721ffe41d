/** What `retap simulate` is asked of a swarm on the command line. */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { UsageError } from '../failure.ts';
import { countFrom, durationOption } from '../options.ts';
import type { ExitStatus, Shell } from '../shell.ts';
import { swarm } from './swarm.ts';

export interface SwarmFlags {
  readonly seed: string;
  readonly faults?: 'swarm';
  readonly seeds?: number;
  readonly taps: number;
  readonly workers: number;
  readonly minimiseFor: number;
  readonly database?: string;
}

export function addSwarmOptions(command: Command): void {
  command
    .addOption(
      new Option('--faults <MIX>', 'swarm: audited worlds of random size with random faults').choices(['swarm']),
    )
    .option('--seeds <N>', 'of a swarm: how many worlds, from --seed on (default 1)', countFrom(1, 1_000_000_000))
    .option('--taps <N>', 'of a swarm: taps of each world, at least', countFrom(10, 10_000_000), 5_000)
    .option('--workers <N>', 'of a swarm: worlds at a time', countFrom(1, 1_000), availableParallelism())
    .addOption(durationOption('--minimise-for <DURATION>', 'of a swarm: time to look for a smaller world', '60s'));
}

export function isSwarm({ faults }: SwarmFlags): boolean {
  return faults === 'swarm';
}

export function runSwarm(flags: SwarmFlags, command: Command, shell: Shell): Promise<ExitStatus> {
  const isSeedGiven = command.getOptionValueSource('seed') === 'cli';
  const seed = isSeedGiven ? Number(flags.seed) : 1;
  if (!Number.isSafeInteger(seed) || seed < 0) throw new UsageError('--seed of a swarm is a whole number, as 7');
  return swarm(
    {
      seed,
      seeds: flags.seeds ?? 1,
      taps: flags.taps,
      workers: flags.workers,
      minimiseMs: flags.minimiseFor,
      postgres: flags.database ?? null,
    },
    shell,
  );
}
