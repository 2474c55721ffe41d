/** `copy-equals-card`: where everything that a card did has arrived and nothing of it is in doubt, the account copy is the card. */
import type { Account } from '@retap/model';
import { type Breach, breachOf } from './breach.ts';
import type { Chip } from './insight.ts';
import type { MediumSight, Sight } from './sight.ts';

export function* copyEqualsCard(sight: Sight): Generator<Breach> {
  const copies = new Map(sight.belief.accounts.map((account) => [account.medium, account]));
  for (const medium of sight.media) {
    const [chip] = medium.chips;
    if (!medium.isWhole || chip === undefined || sight.ambiguous.has(medium.medium) || isInDoubt(medium, sight))
      continue;
    const copy = copies.get(medium.medium);
    const says = copy ? differenceOf(copy, chip) : 'the centre has no account of it';
    if (says) yield breachOf('copy-equals-card', sight.belief.asOf, { medium: medium.medium }, says);
  }
}

function isInDoubt({ records }: MediumSight, sight: Sight): boolean {
  return records.some((record) => record.type !== 'observation' && sight.statusOf(record) === 'unverified');
}

function differenceOf(copy: Account, chip: Chip): string | null {
  // Forged credit is on the card from the moment it is forged; on the copy, from the next commit that tells of it.
  const last = chip.commits.at(-1);
  if (last === undefined) return null;
  if (copy.balance !== last.balance) return `${last.balance} on the card, ${copy.balance} in the copy`;
  if (copy.lastTime !== last.time || copy.lastTerminal !== last.terminal) {
    return `its last commit is of T${last.terminal} at ${last.time}; by the copy of T${copy.lastTerminal} at ${copy.lastTime}`;
  }
  const [held, copied] = [listOf([...chip.uses]), listOf(copy.products.map(({ id, uses }) => [id, uses]))];
  if (held !== copied) return `products and uses on the card: ${held || 'none'}; in the copy: ${copied || 'none'}`;
  if (copy.pendingValidations.length > 0) return 'validations are pending, though all purchases have arrived';
  const unexplained = copy.synchronization.reduce((sum, { amount }) => sum + amount, 0);
  const forged = chip.commits.reduce((sum, commit) => sum + commit.forged, 0);
  if (forged === 0 && copy.synchronization.length > 0) return 'it is out of sync, though everything has arrived';
  return unexplained === forged ? null : `${forged} was forged, and ${unexplained} is said to be unexplained`;
}

function listOf(uses: readonly (readonly [string, number])[]): string {
  const texts = uses.map(([id, count]) => `${id} ×${count}`);
  return texts.sort((a, b) => (a < b ? -1 : 1)).join(', ');
}
