/** What the page asks for. It comes over a socket: nothing in it is believed. */
import { z } from 'zod';
import { FREE_AMOUNT_MAX } from '../selection.ts';

/** When a card in this process leaves the field. */
const LEAVES = ['when-pulled', 'before-commit', 'after-commit'] as const;
export type Leaves = (typeof LEAVES)[number];

const command = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('choose'), offer: z.int().min(1).max(9) }),
  z.strictObject({
    do: z.literal('enter'),
    type: z.enum(['debit', 'refill']),
    amount: z.int().min(1).max(FREE_AMOUNT_MAX),
  }),
  z.strictObject({ do: z.literal('cancel') }),
  z.strictObject({ do: z.literal('hold'), card: z.string().min(1).max(255), leaves: z.enum(LEAVES) }),
  z.strictObject({ do: z.literal('pull') }),
]);
export type Command = z.output<typeof command>;

/** Null where it is no command. */
export function parseCommand(text: string): Command | null {
  try {
    const parsed = command.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
