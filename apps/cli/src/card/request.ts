/** What a tap asks for, from the options of a command. */
import { type Amount, type TapRequest, TRANSACTION_TYPES, type TransactionType } from '@retap/model';
import { type Command, Option } from 'commander';
import { UsageError } from '../failure.ts';
import { countFrom, parseAmount, parseDuration } from '../options.ts';
import { formatAmount } from '../text.ts';

export interface RequestOptions {
  readonly type: TransactionType;
  readonly amount?: Amount;
  readonly product?: readonly string[];
  readonly validFor?: number;
  readonly maxUses?: number;
}

const USES_MAX = 65_535;

export function addRequestOptions(command: Command): Command {
  const product = 'code of the product to buy; for a validation, of those that are taken';
  return command
    .addOption(new Option('--type <TYPE>', 'what is done').choices(TRANSACTION_TYPES).makeOptionMandatory())
    .addOption(
      new Option('--amount <N>', 'in minor units; of a purchase, its price (default: 0)').argParser(parseAmount),
    )
    .addOption(productOption(product))
    .addOption(
      new Option('--valid-for <DURATION>', 'of the product bought; default: for ever').argParser(parseDuration),
    )
    .addOption(
      new Option('--max-uses <N>', 'of the product bought; default: no limit').argParser(countFrom(1, USES_MAX)),
    );
}

export function productOption(meaning: string): Option {
  return new Option('--product <CODE...>', meaning);
}

/** @throws UsageError where an option is missing, or does not belong to the type */
export function requestOf(options: RequestOptions, now: number): TapRequest {
  const { type, amount, product = [], validFor, maxUses } = options;
  if (amount !== undefined && amount < 0) throw new UsageError('--amount: the type says whether it is paid in or out');
  if (type !== 'purchase' && (validFor !== undefined || maxUses !== undefined)) {
    throw new UsageError('--valid-for and --max-uses are for --type purchase');
  }
  if (type === 'refill' || type === 'debit') {
    if (product.length > 0) throw new UsageError(`--product is for --type purchase or validation, not ${type}`);
    if (amount === undefined) throw new UsageError(`--type ${type} needs an --amount, in minor units`);
    return { type, amount };
  }
  const [code] = product;
  if (code === undefined) throw new UsageError(`--type ${type} needs a --product`);
  if (type === 'validation') {
    if (amount !== undefined) throw new UsageError('--amount: a validation costs nothing');
    return { type, codes: product };
  }
  if (product.length > 1) throw new UsageError('--product: one product is bought at a time');
  const period = validFor === undefined ? {} : { validFrom: now, validUntil: now + validFor };
  const uses = maxUses === undefined ? {} : { maxUses };
  return { type, price: amount ?? (0 as Amount), product: { code, ...period, ...uses } };
}

/** `debit of 1.20` */
export function shownRequest(request: TapRequest): string {
  switch (request.type) {
    case 'debit':
    case 'refill':
      return `${request.type} of ${formatAmount(request.amount)}`;
    case 'purchase':
      return `purchase of ${request.product.code} for ${formatAmount(request.price)}`;
    case 'validation':
      return `validation of ${request.codes.join(' or ')}`;
  }
}
