/** A tap told by both sides: what the terminal believes, what the card holds. */
import { identityOf } from '@retap/model';
import type { TapOutcome } from '@retap/terminal';
import { formatAmount, formatTime } from '../text.ts';
import { REFUSAL_WORDS } from './refusal-words.ts';
import { shownRequest } from './request.ts';
import type { Tapped } from './tap.ts';

const WIDTH = 11;

export function linesOfTap(tapped: Tapped, terminal: number): string[] {
  const { request, outcome, field, account } = tapped;
  const { sent, received } = field.bytes;
  const lines: [string, string][] = [
    ['tap', `${shownRequest(request)} at terminal ${terminal}, card ${account.account.medium}`],
    ['exchanges', `${field.exchanges.length}; ${sent} bytes to the card, ${received} back`],
  ];
  if (field.torn || tapped.isCut) lines.push(['torn', tornAt(tapped)]);
  lines.push(['terminal', believed(outcome)]);
  lines.push(['card', held(tapped)]);
  return lines.map(([title, text]) => `${title.padEnd(WIDTH)}${text}`);
}

function tornAt({ field, isCut }: Tapped): string {
  const { torn } = field;
  const where = torn ? `exchange ${torn.exchange}, ${torn.name}` : 'its end';
  return isCut ? `at ${where}: the card lost its power in the middle of its own writes` : `at ${where}`;
}

function believed(outcome: TapOutcome): string {
  if (outcome.outcome === 'refused') return `refused: ${REFUSAL_WORDS[outcome.reason]}`;
  const record = `record ${identityOf(outcome.record)}`;
  switch (outcome.outcome) {
    case 'successful':
      return `successful: go (${record})`;
    case 'completed':
      return `completed: the tap before did commit; go, and nothing more is charged (${record})`;
    case 'unsuccessful':
      return `unsuccessful: nothing was committed; hold the card again (${record})`;
    case 'unverified':
      return `unverified: it cannot know; hold the card again (${record})`;
  }
}

function held({ outcome, account }: Tapped): string {
  const { balance, mediumSerial, lastTime, lastTerminal } = account.account;
  const state = `balance ${formatAmount(balance)}, transaction ${mediumSerial} at ${formatTime(lastTime)} by terminal ${lastTerminal}`;
  if (outcome.outcome === 'refused' || outcome.outcome === 'completed') return state;
  const { record } = outcome;
  const isCommitted = lastTime === record.time && lastTerminal === record.terminal;
  return `${isCommitted ? 'committed' : 'not committed'}: ${state}`;
}
