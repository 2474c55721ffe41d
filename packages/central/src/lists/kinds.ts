/** Changes of the working copy, each of which needs a second person (docs/audit.md, "Four eyes"). */
import type { MediumName } from '@retap/model';
import { isList, type List, type ListedAction, type ListedLimits, type Tariff } from '@retap/protocol';
import type { ProposalKind } from '../proposals/kind.ts';
import type { ListRefusal, OrderedAction } from './port.ts';
import { denyIn, limitIn, orderIn, setTariffsIn, undenyIn } from './working.ts';

export const DENY: ProposalKind<MediumName, 'added' | ListRefusal> = {
  ...{ kind: 'deny.add', capability: 'approve-money' },
  write: (medium) => ({ medium }),
  parse: mediumIn,
  object: (medium) => `medium ${medium}`,
  carryOut: denyIn,
};

export const UNDENY: ProposalKind<MediumName, 'removed' | ListRefusal> = {
  ...{ kind: 'deny.remove', capability: 'approve-money' },
  write: (medium) => ({ medium }),
  parse: mediumIn,
  object: (medium) => `medium ${medium}`,
  carryOut: undenyIn,
};

export const ORDER: ProposalKind<OrderedAction, ListedAction | ListRefusal> = {
  ...{ kind: 'action.order', capability: 'approve-money' },
  write: (action) => ({ ...action }),
  parse: (written) => (isListed('actions', [{ ...written, serial: 1 }]) ? (written as unknown as OrderedAction) : null),
  object: ({ medium }) => `medium ${medium}`,
  carryOut: orderIn,
};

export const LIMIT: ProposalKind<ListedLimits, 'set' | 'unchanged'> = {
  ...{ kind: 'limits.set', capability: 'approve-money' },
  write: (limits) => ({ ...limits }),
  parse: (written) => (isListed('limits', written) ? (written as ListedLimits) : null),
  object: () => 'list limits',
  carryOut: limitIn,
};

export const TARIFF: ProposalKind<readonly Tariff[], 'set' | 'unchanged'> = {
  ...{ kind: 'tariff.set', capability: 'approve-money' },
  write: (tariffs) => ({ tariffs: JSON.parse(JSON.stringify(tariffs)) }),
  parse: ({ tariffs }) =>
    Array.isArray(tariffs) && isListed('tariff', tariffs) ? (tariffs as readonly Tariff[]) : null,
  object: () => 'list tariff',
  carryOut: setTariffsIn,
};

export const LIST_PROPOSALS = [DENY, UNDENY, ORDER, LIMIT, TARIFF] as const;

function mediumIn({ medium }: Readonly<Record<string, unknown>>): MediumName | null {
  return typeof medium === 'string' && isListed('deny', [medium]) ? medium : null;
}

function isListed(kind: List['kind'], entries: unknown): boolean {
  return isList({ kind, version: 1, issuedAt: 0, expiresAt: 0, entries } as List);
}
