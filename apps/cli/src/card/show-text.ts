/** A card as a person reads it. */
import { APPLICATION, type CardView, FILES, type FileView, KEYS, toHex } from '@retap/card';
import type { HeldProduct, LogEntry } from '@retap/model';
import { formatAmount, formatTime, tableLines } from '../text.ts';
import type { AccountLook } from './look.ts';
import { versionsOf } from './rekey.ts';

const WIDTH = 14;
const row = (title: string, text: string): string => `  ${title.padEnd(WIDTH)}${text}`;

const FILE_NAMES: Readonly<Record<number, string>> = {
  [FILES.last]: 'last transaction',
  [FILES.products]: 'products',
  [FILES.balance]: 'balance',
  [FILES.log]: 'log',
  [FILES.transactionMac]: 'transaction MAC',
};

/** What anybody can see. */
export function viewLines(view: CardView): string[] {
  const { hardware, software, applications, account } = view;
  const ours = toHex(APPLICATION);
  const named = applications.map((id) => (id === ours ? `${id} (Retap)` : id)).join(', ');
  const lines = [
    row('software card', 'a test double for the public MF2DLHX0 command set; no silicon has been tested'),
    row('version', `hardware ${hardware}, software ${software}`),
    row('applications', named || 'none'),
    row('key versions', versionsOf(view)),
  ];
  return account ? [...lines, '', ...filesTable(account.files)] : lines;
}

function filesTable(files: readonly FileView[]): string[] {
  const columns = [
    ...[{ title: 'file', numeric: true }, { title: '' }, { title: 'type' }, { title: 'mode' }, { title: 'size' }],
    ...[{ title: 'read' }, { title: 'write' }, { title: 'both' }, { title: 'change' }],
  ];
  const rows = files.map((file) => {
    const { read, write, readWrite, change } = file.rights;
    const rights = [read, write, readWrite, change].map(keyName);
    return [String(file.number), FILE_NAMES[file.number] ?? '', file.kind, file.mode, sizeOf(file), ...rights];
  });
  return indented(tableLines(columns, rows));
}

function keyName(key: number | 'free' | 'never'): string {
  if (key === 'free') return 'anyone';
  if (key === 'never') return 'nobody';
  return Object.entries(KEYS).find(([, number]) => number === key)?.[0] ?? `key ${key}`;
}

function sizeOf({ bytes, recordsMax, between, keyVersion }: FileView): string {
  if (recordsMax !== undefined) return `${recordsMax} × ${bytes} bytes`;
  if (bytes !== undefined) return `${bytes} bytes`;
  if (between) return `${between.minimum} … ${between.maximum}`;
  return keyVersion === undefined ? '' : `key version ${keyVersion}`;
}

/** What the read key shows. */
export function accountLines({ account, actionSerial, isBlocked, commitCount }: AccountLook): string[] {
  const { balance, mediumSerial, lastTime, lastTerminal, products, log } = account;
  return [
    row('balance', formatAmount(balance)),
    row('last', `transaction ${mediumSerial} at ${formatTime(lastTime)} by terminal ${lastTerminal}`),
    row('commits', `${commitCount} of the chip (TMC)`),
    row('actions', actionSerial === 0 ? 'none carried out' : `carried out up to ${actionSerial}`),
    row('blocked', isBlocked ? 'yes' : 'no'),
    '',
    ...(products.length === 0 ? [row('products', 'none')] : productsTable(products)),
    '',
    ...logTable(log),
  ];
}

function productsTable(products: readonly HeldProduct[]): string[] {
  const columns = [
    { title: 'product' },
    { title: 'code' },
    { title: 'uses', numeric: true },
    { title: 'of', numeric: true },
    { title: 'valid from' },
    { title: 'valid until' },
  ];
  const rows = products.map(({ id, code, uses, maxUses, validFrom, validUntil }) => {
    const time = (value: number | undefined): string => (value === undefined ? '' : formatTime(value));
    return [id, code, String(uses), maxUses === undefined ? '' : String(maxUses), time(validFrom), time(validUntil)];
  });
  return indented(tableLines(columns, rows));
}

function logTable(log: readonly LogEntry[]): string[] {
  const columns = [
    { title: 'log', numeric: true },
    { title: 'time' },
    { title: 'terminal', numeric: true },
    { title: 'amount', numeric: true },
    { title: 'balance', numeric: true },
  ];
  const rows = log.map(({ mediumSerial, time, terminal, amount, balance }) => {
    const number = mediumSerial === undefined ? '' : String(mediumSerial);
    return [number, formatTime(time), String(terminal), formatAmount(amount), formatAmount(balance)];
  });
  return indented(tableLines(columns, rows));
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
