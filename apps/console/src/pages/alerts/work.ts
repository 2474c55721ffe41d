/** What is done about all alerts of a cause: as often as it takes, for the centre does so many at a time. */
import type { AlertGroup, GroupWorked } from '@retap/central';
import { send } from '../../ask.ts';
import { groupPath } from './question.ts';

export type GroupStep = 'acknowledgement' | 'assignment' | 'comments' | 'resolution';
type Send = typeof send;

/**
 * Up to the newest that was shown: nobody has seen what came after it.
 * @returns how many were changed @throws Refusal
 */
export async function workOn(
  group: Pick<AlertGroup, 'cause' | 'lastAppearance'>,
  step: GroupStep,
  body: Readonly<Record<string, string>> = {},
  sendTo: Send = send,
): Promise<number> {
  const path = `${groupPath(group.cause)}/${step}`;
  for (let all = 0; ; ) {
    const { done, left } = await sendTo<GroupWorked>(path, { ...body, through: group.lastAppearance });
    all += done;
    // What cannot be done now cannot be done by asking for ever.
    if (left === 0 || done === 0) return all;
  }
}
