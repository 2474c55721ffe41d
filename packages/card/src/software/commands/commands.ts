/** Every command of the card but authentication and continuation, by its code. */
import { APPLICATION_COMMANDS } from './applications.ts';
import type { Command } from './command.ts';
import { DATA_COMMANDS } from './data.ts';
import { FILE_SETTINGS_COMMANDS } from './file-settings.ts';
import { FILE_COMMANDS } from './files.ts';
import { KEY_COMMANDS } from './keys.ts';
import { PICC_COMMANDS } from './picc.ts';
import { RECORD_COMMANDS } from './records.ts';
import { TRANSACTION_COMMANDS } from './transaction.ts';
import { VALUE_COMMANDS } from './value.ts';

export const COMMANDS: ReadonlyMap<number, Command> = new Map(
  [
    APPLICATION_COMMANDS,
    DATA_COMMANDS,
    FILE_COMMANDS,
    FILE_SETTINGS_COMMANDS,
    KEY_COMMANDS,
    PICC_COMMANDS,
    RECORD_COMMANDS,
    TRANSACTION_COMMANDS,
    VALUE_COMMANDS,
  ]
    .flat()
    .map((command) => [command.code, command]),
);
