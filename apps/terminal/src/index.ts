export { PcscError } from './pcsc/error.ts';
export { openReader, type PcscReaderOptions } from './pcsc/reader.ts';
export {
  type ExchangeFault,
  type PluggableCard,
  type Plugged,
  type PlugOptions,
  plugIn,
  VpcdError,
} from './vpcd/plug.ts';
