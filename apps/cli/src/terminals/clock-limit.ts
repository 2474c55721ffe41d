/** `retap terminals clock-limit`: by how much a terminal's clock may be off before it is an alert. */
import type { DatabaseOption } from '../database.ts';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { reasonOf, withRegistry } from './registry.ts';

export interface ClockLimitOptions extends DatabaseOption {
  /** In milliseconds. */
  readonly set?: number;
  readonly default?: boolean;
  readonly why: string;
}

export async function clockLimit(options: ClockLimitOptions, shell: Shell): Promise<void> {
  const { set, why } = options;
  const isDefault = options.default ?? false;
  if (set !== undefined && isDefault) throw new UsageError('--set and --default: give one of them');
  const most = await withRegistry(options, shell, (registry) =>
    set === undefined && !isDefault
      ? registry.clockOffsetMax()
      : registry.settleClockOffsetMax(set ?? null, reasonOf(why)),
  );
  shell.stdout.write(`a clock that is off by more than ${most / 1_000} s is an alert\n`);
}
