/** GetValue, Credit, Debit, LimitedCredit (MF2DLHX0 section 11.8). */
import { concat, fromSigned32, toSigned32 } from '../../bytes.ts';
import { TRANSACTION_CODES } from '../../transaction-mac.ts';
import { credit, debit, limitedCredit, type ValueChange } from '../files/value.ts';
import { DONE, isRefusal, type Refusal } from '../status.ts';
import { accessMode, type Right, targetFile } from './access.ts';
import type { Command } from './command.ts';
import { proves } from './data.ts';

const GET_VALUE = 0x6c;

const getValue: Command = {
  code: GET_VALUE,
  headerBytes: 1,
  mode(card, [number = 0]) {
    const file = targetFile(card, number, 'value');
    if (isRefusal(file)) return file;
    const mode = accessMode(card, number, ['value'], ['read', 'write', 'readWrite']);
    return mode === 'authentication-error' && file.isValueFree ? 'plain' : mode;
  },
  run(card, header, data) {
    const file = targetFile(card, header[0] ?? 0, 'value');
    if (isRefusal(file)) return file;
    if (data.length > 0) return 'length-error';
    const value = toSigned32(file.value);
    if (proves(card)) card.transaction.input.add(GET_VALUE, concat(header, value));
    return value;
  },
};

function changeCommand(
  code: number,
  rights: readonly Right[],
  change: (from: ValueChange, amount: number) => ValueChange | Refusal,
): Command {
  return {
    code,
    headerBytes: 1,
    mode: (card, [number = 0]) => accessMode(card, number, ['value'], rights),
    run(card, header, data) {
      const file = targetFile(card, header[0] ?? 0, 'value');
      if (isRefusal(file)) return file;
      if (data.length !== 4) return 'length-error';
      const amount = fromSigned32(data);
      if (amount < 0) return 'parameter-error';
      const refusal = card.transaction.change(change(card.transaction.value(file), amount));
      if (refusal === null && proves(card)) card.transaction.input.addValueChange(code, file.number, amount);
      return refusal ?? DONE;
    },
  };
}

export const VALUE_COMMANDS: readonly Command[] = [
  getValue,
  changeCommand(TRANSACTION_CODES.credit, ['readWrite'], credit),
  changeCommand(TRANSACTION_CODES.debit, ['read', 'write', 'readWrite'], debit),
  changeCommand(TRANSACTION_CODES.limitedCredit, ['write', 'readWrite'], limitedCredit),
];
