/** `retap proposals list` and `show`. */
import type { Proposal, ProposalState } from '@retap/central';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { type Column, formatTime, printable, tableLines } from '../text.ts';
import { decidedOf } from './decide.ts';
import { withProposals } from './opened.ts';

export interface ListOptions extends DatabaseOption {
  readonly state?: ProposalState;
  readonly limit: number;
}

const COLUMNS: readonly Column[] = [
  { title: 'number', numeric: true },
  { title: 'state' },
  { title: 'what' },
  { title: 'to what' },
  { title: 'by' },
  { title: 'until' },
  { title: 'why' },
];

export async function list({ state, limit, ...options }: ListOptions, shell: Shell): Promise<void> {
  const found = await withProposals(options, shell, (proposals) =>
    proposals.list({ limit, ...(state !== undefined && { state }) }),
  );
  if (found.length === 0) {
    shell.stdout.write(`nothing ${state === undefined ? 'was ever proposed' : `is ${state}`}\n`);
    return;
  }
  const rows = found.map((proposal) => {
    const { id, kind, object, proposedBy, expiresAt, why } = proposal;
    return [String(id), proposal.state, kind, object, proposedBy, formatTime(expiresAt), why];
  });
  shell.stdout.write(`${tableLines(COLUMNS, rows).join('\n')}\n`);
}

export async function show(id: number, options: DatabaseOption, shell: Shell): Promise<void> {
  const found = await withProposals(options, shell, (proposals) => proposals.find(id));
  const proposal = decidedOf(found ?? { refusal: 'proposal-unknown' }, id);
  const lines = linesOf(proposal).map(([word, text]) => `${word.padEnd(11)}${printable(text)}`);
  shell.stdout.write(`${lines.join('\n')}\n`);
}

function linesOf(proposal: Proposal): readonly (readonly [string, string])[] {
  const { id, kind, object, entry, state, capability, proposedBy, proposedAt, why, expiresAt } = proposal;
  const { decidedBy, decidedAt, decidedWhy, result } = proposal;
  const said = (text: string | null): string => (text ? `: ${text}` : '');
  return [
    ['proposal', `${id}, ${state}`],
    ['what', `${kind}, ${object}`],
    ['in full', JSON.stringify(entry)],
    ['proposed', `by ${proposedBy}, ${formatTime(proposedAt)}${said(why)}`],
    ['until', formatTime(expiresAt)],
    ['may decide', `whoever has ${capability}, and not ${proposedBy}`],
    ...(decidedBy === null || decidedAt === null
      ? []
      : [['decided', `by ${decidedBy}, ${formatTime(decidedAt)}${said(decidedWhy)}`] as const]),
    ...(state === 'approved' ? [['result', JSON.stringify(result)] as const] : []),
  ];
}
