/** The report for a program: to the letter of the specification, written as it is read. */
import type { Report } from '@retap/central';
import type { Account, Alert, ResolvedTransaction } from '@retap/model';
import type { RejectedLine } from './feed.ts';

/** Each key is named, so that what the database may add to a row never reaches the report. */
export async function* jsonReport(report: Report, rejected: readonly RejectedLine[]): AsyncGenerator<string> {
  yield `{"asOf":${report.asOf}`;
  yield* list('accounts', report.accounts(), accountOf);
  yield* list('transactions', report.transactions(), transactionOf);
  yield* list('alerts', report.alerts(), (alert: Alert) => alert);
  yield* list('rejected', rejected, ({ file, line, reason }) => ({ file, line, reason }));
  yield '\n}\n';
}

async function* list<Item>(
  key: string,
  items: AsyncIterable<Item> | Iterable<Item>,
  shape: (item: Item) => object,
): AsyncGenerator<string> {
  yield `,\n"${key}":[`;
  let separator = '\n';
  for await (const item of items) {
    yield separator + JSON.stringify(shape(item));
    separator = ',\n';
  }
  yield ']';
}

function accountOf(account: Account): Account {
  const { medium, opened, balance, lastTime, lastTerminal, synchronization, products, pendingValidations } = account;
  return { medium, opened, balance, lastTime, lastTerminal, synchronization, products, pendingValidations };
}

function transactionOf({ terminal, serial, medium, status }: ResolvedTransaction): ResolvedTransaction {
  return { terminal, serial, medium, status };
}
