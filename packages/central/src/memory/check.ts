/** What is held in memory against the state derived anew, by the model, from the batches. */
import { byIdentity, type CentralState, identityOf } from '@retap/model';
import { keyOfAlert } from '../alert-key.ts';
import type { Discrepancy, Report } from '../port.ts';

export async function* differences(held: Report, derived: CentralState): AsyncGenerator<Discrepancy> {
  const accounts = new Map(derived.accounts.map((account) => [account.medium, account]));
  for await (const account of held.accounts()) {
    yield* difference(`account ${account.medium}`, account, accounts.get(account.medium));
    accounts.delete(account.medium);
  }
  for (const account of accounts.values()) yield* difference(`account ${account.medium}`, null, account);

  const transactions = new Map(derived.transactions.map((transaction) => [identityOf(transaction), transaction]));
  for await (const transaction of held.transactions()) {
    const identity = identityOf(transaction);
    yield* difference(`transaction ${identity}`, transaction, transactions.get(identity));
    transactions.delete(identity);
  }
  for (const transaction of [...transactions.values()].sort(byIdentity)) {
    yield* difference(`transaction ${identityOf(transaction)}`, null, transaction);
  }

  const alerts = new Map(derived.alerts.map((alert) => [keyOfAlert(alert), alert]));
  for await (const alert of held.alerts()) {
    if (!alerts.delete(keyOfAlert(alert))) yield* difference(`alert ${alert.kind}`, alert, undefined);
  }
  for (const alert of alerts.values()) yield* difference(`alert ${alert.kind}`, null, alert);
}

function* difference(subject: string, stored: object | null, derived: object | undefined): Generator<Discrepancy> {
  const found = { subject, stored, derived: derived ?? null };
  if (JSON.stringify(found.stored) !== JSON.stringify(found.derived)) yield found;
}
