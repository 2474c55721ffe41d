/** The report for a person: what is wrong first, then what is open, then what there is. */
import type { Report } from '@retap/central';
import { ENGLISH } from '@retap/central-service';
import {
  type Account,
  ALERT_KINDS,
  type Alert,
  type AlertKind,
  type CommitStatus,
  identityOf,
  type ResolvedTransaction,
} from '@retap/model';
import { type Column, formatAmount, formatCount, formatTime, tableLines } from '../text.ts';
import { alertColumns } from './alert-table.ts';
import type { RejectedLine } from './feed.ts';
import { Sample } from './sample.ts';
import { gatherAccounts, gatherTransactions, type Holdings } from './summary.ts';

export async function* textReport(report: Report, rejected: readonly RejectedLine[]): AsyncGenerator<string> {
  const alerts = new Map<AlertKind, Sample<Alert>>();
  for await (const alert of report.alerts()) {
    const sample = alerts.get(alert.kind) ?? new Sample<Alert>();
    alerts.set(alert.kind, sample);
    sample.add(alert);
  }
  const holdings = await gatherAccounts(report.accounts());
  const transactions = await gatherTransactions(report.transactions());
  const sections = [
    [`State as of ${formatTime(report.asOf)}`],
    alertSection(alerts),
    questionSection(holdings, transactions.inDoubt),
    ...(rejected.length > 0 ? [rejectedSection(rejected)] : []),
    totalSection(holdings, transactions.counts, rejected.length),
    accountSection(holdings.accounts),
  ];
  for (const lines of sections) yield `${lines.join('\n')}\n\n`;
}

function alertSection(alerts: ReadonlyMap<AlertKind, Sample<Alert>>): string[] {
  const count = [...alerts.values()].reduce((sum, sample) => sum + sample.count, 0);
  if (count === 0) return ['ALERTS: none'];
  const lines = [`ALERTS: ${formatCount(count)}`];
  for (const kind of ALERT_KINDS) {
    const sample = alerts.get(kind);
    if (!sample) continue;
    const { title, advice } = ENGLISH.alerts[kind];
    const columns = alertColumns(kind);
    const rows = sample.items.map((alert) => columns.map(({ text }) => text(alert)));
    lines.push('', `  ${title}: ${formatCount(sample.count)}  (${kind})`, `  ${advice}`);
    lines.push(...indentedTable(columns, rows, sample.count));
  }
  return lines;
}

function questionSection({ gaps, pending }: Holdings, inDoubt: Sample<ResolvedTransaction>): string[] {
  if (gaps.count + pending.count + inDoubt.count === 0) return ['OPEN QUESTIONS: none'];
  const lines = ['OPEN QUESTIONS'];
  if (inDoubt.count > 0) {
    lines.push('', `  In doubt: ${formatCount(inDoubt.count)}  (nobody knows yet whether they committed)`);
    const rows = inDoubt.items.map((each) => [identityOf(each), each.medium]);
    lines.push(...indentedTable([{ title: 'record' }, { title: 'medium' }], rows, inDoubt.count));
  }
  if (gaps.count > 0) {
    lines.push('', `  Credit not explained: ${formatCount(gaps.count)}  (records are missing, or do not fit together)`);
    const columns = [{ title: 'medium' }, { title: 'after' }, { title: 'amount', numeric: true }, { title: 'kind' }];
    const rows = gaps.items.map(({ medium, row }) => [
      medium,
      formatTime(row.time),
      formatAmount(row.amount),
      row.kind,
    ]);
    lines.push(...indentedTable(columns, rows, gaps.count));
  }
  if (pending.count > 0) {
    lines.push('', `  Check-ins whose purchase has not arrived: ${formatCount(pending.count)}`);
    const columns = [{ title: 'medium' }, { title: 'record' }, { title: 'product' }];
    const rows = pending.items.map(({ medium, validation }) => [medium, identityOf(validation), validation.productId]);
    lines.push(...indentedTable(columns, rows, pending.count));
  }
  return lines;
}

function rejectedSection(rejected: readonly RejectedLine[]): string[] {
  const sample = new Sample<RejectedLine>();
  for (const line of rejected) sample.add(line);
  const columns = [{ title: 'file' }, { title: 'line', numeric: true }, { title: 'reason' }];
  const rows = sample.items.map(({ file, line, reason }) => [file, String(line), reason]);
  return [`REJECTED LINES: ${formatCount(sample.count)}`, ...indentedTable(columns, rows, sample.count)];
}

function totalSection(
  { accounts, balance, outOfSync }: Holdings,
  counts: Readonly<Record<CommitStatus, number>>,
  rejected: number,
): string[] {
  const all = counts.successful + counts.unsuccessful + counts.unverified;
  const rows: readonly (readonly [string, string])[] = [
    ['accounts', formatCount(accounts.count)],
    ['out of sync', formatCount(outOfSync)],
    ['sum of balances', formatAmount(balance)],
    ['transactions', formatCount(all)],
    ['successful', formatCount(counts.successful)],
    ['unsuccessful', formatCount(counts.unsuccessful)],
    ['in doubt', formatCount(counts.unverified)],
    ['rejected lines', formatCount(rejected)],
  ];
  return [
    'TOTALS',
    ...tableLines([{ title: '' }, { title: '', numeric: true }], rows)
      .slice(1)
      .map(indented),
  ];
}

function accountSection(accounts: Sample<Account>): string[] {
  if (accounts.count === 0) return ['ACCOUNTS: none'];
  const columns: readonly Column[] = [
    { title: 'medium' },
    { title: 'balance', numeric: true },
    { title: 'last commit' },
    { title: 'terminal', numeric: true },
    { title: 'state' },
    { title: 'products (uses)' },
  ];
  const rows = accounts.items.map((account) => [
    account.medium,
    formatAmount(account.balance),
    account.lastTime === null ? '-' : formatTime(account.lastTime),
    account.lastTerminal === null ? '-' : String(account.lastTerminal),
    stateOf(account),
    account.products.map(({ id, uses }) => `${id} (${uses})`).join(', '),
  ]);
  return [`ACCOUNTS: ${formatCount(accounts.count)}`, ...indentedTable(columns, rows, accounts.count)];
}

function stateOf({ opened, synchronization }: Account): string {
  if (!opened) return 'not opened';
  return synchronization.length === 0 ? 'in sync' : 'out of sync';
}

function indentedTable(columns: readonly Column[], rows: readonly (readonly string[])[], count: number): string[] {
  const lines = tableLines(columns, rows);
  const more = count - rows.length;
  if (more > 0) lines.push(`… and ${formatCount(more)} more (--format json has all)`);
  return lines.map((line) => indented(`  ${line}`));
}

function indented(line: string): string {
  return `  ${line}`;
}
