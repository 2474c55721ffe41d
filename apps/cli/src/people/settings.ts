/** `retap people settings`: what holds for all people. */
import type { PeopleSettings } from '@retap/central';
import type { DatabaseOption } from '../database.ts';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { reasonOf } from '../terminals/registry.ts';
import { withPeople } from './people.ts';

export interface SettingsOptions extends DatabaseOption {
  readonly origin?: string;
  readonly sessionIdle?: number;
  readonly sessionLength?: number;
  readonly why: string;
}

const MINUTE = 60_000;
const [SHORTEST, LONGEST] = [MINUTE, 31 * 24 * 60 * MINUTE];

export async function settings(options: SettingsOptions, shell: Shell): Promise<void> {
  const { origin, sessionIdle, sessionLength, why } = options;
  const changed: Partial<PeopleSettings> = {
    ...(origin !== undefined && { origin }),
    ...(sessionIdle !== undefined && { idleMs: durationOf('--session-idle', sessionIdle) }),
    ...(sessionLength !== undefined && { sessionMs: durationOf('--session-length', sessionLength) }),
  };
  const found = await withPeople(options, shell, (people) =>
    Object.keys(changed).length === 0 ? people.settings() : people.configure(changed, reasonOf(why)),
  );
  const lines = [
    ['origin', found.origin ?? '-'],
    ['session idle', `${found.idleMs / MINUTE} min`],
    ['session length', `${found.sessionMs / MINUTE} min`],
  ];
  shell.stdout.write(`${lines.map(([word = '', text]) => `${word.padEnd(16)}${text}`).join('\n')}\n`);
}

function durationOf(option: string, duration: number): number {
  if (duration >= SHORTEST && duration <= LONGEST) return duration;
  throw new UsageError(`${option}: give from 1m to 31d`);
}
