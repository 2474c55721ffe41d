export { CARD_FILE_ENDING, CardFile, CardFileError, type CardFileErrorCode } from './card-file.ts';
export { askCentre, type CentreAnswer, faultText } from './centre.ts';
export type { Configuration } from './configuration/configuration.ts';
export { ConfigurationError } from './configuration/faults.ts';
export { type EnrolmentOutcome, enrol, openOrCreateIdentity, renew } from './enrolment/enrol.ts';
export { EnrolmentError, type EnrolmentErrorCode } from './enrolment/fault.ts';
export { FileJournal } from './journal/file-journal.ts';
export { type JournaledTerminal, openJournaledTerminal } from './journaled-terminal.ts';
export type { OpenOptions } from './open-terminal.ts';
export { PcscError } from './pcsc/error.ts';
export { openReader, type PcscReaderOptions } from './pcsc/reader.ts';
export type { TerminalService } from './service-options.ts';
export { openTerminal } from './start-terminal.ts';
export type { Secrets } from './terminal-keys.ts';
export { CONTENT_TYPES, isAcknowledgement, uplinkTo } from './uplink/http.ts';
export { SocketUplink } from './uplink/socket.ts';
export {
  type ExchangeFault,
  type PluggableCard,
  type Plugged,
  type PlugOptions,
  plugIn,
  VpcdError,
} from './vpcd/plug.ts';
export { waitingIn } from './waiting.ts';
