export { FileJournal } from './journal/file-journal.ts';
export { CARD_FILE_ENDING, CardFile, CardFileError, type CardFileErrorCode } from './card-file.ts';
export { type Configuration, readConfiguration } from './configuration/configuration.ts';
export { ConfigurationError } from './configuration/faults.ts';
