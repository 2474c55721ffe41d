export { type ArrivalOptions, arrivals } from './arrivals.ts';
export { type FakeClock, fakeClock } from './clock.ts';
export {
  type ExhaustiveCase,
  type ExhaustiveOptions,
  exhaustiveAsOf,
  exhaustiveCases,
  exhaustiveCount,
  TAP_OUTCOMES,
  type TapOutcome,
  type Truth,
} from './exhaustive.ts';
export { type Corpus, corpusIn } from './fuzz/corpus.ts';
export { type Decoder, FuzzFault, type FuzzOptions, type FuzzReport, fuzz } from './fuzz/fuzz.ts';
export { mutated } from './fuzz/mutate.ts';
export { type ArbitraryHistoryOptions, arbitraryHistory } from './histories/adversarial.ts';
export { FAULTS, type Faults, NO_FAULTS } from './histories/faults.ts';
export { type History, relocated, stretched } from './histories/history.ts';
export { type HistoryOptions, history } from './histories.ts';
export type { OracleAccount, OracleRow } from './oracle/account.ts';
export type { OracleAlert, OracleConfiguration } from './oracle/alerts.ts';
export type { OracleRecord } from './oracle/records.ts';
export { alertKey, canonicalReport, type OracleReport, oracle } from './oracle.ts';
export { openSession, type PostgresSession } from './postgres/session.ts';
export { type PostgresOptions, startPostgres, type TestPostgres } from './postgres.ts';
export { type Random, randomOf } from './random.ts';
