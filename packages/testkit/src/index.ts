export type { OracleAccount, OracleRow } from './oracle/account.ts';
export type { OracleAlert, OracleConfiguration } from './oracle/alerts.ts';
export type { OracleRecord } from './oracle/records.ts';
export { alertKey, canonicalReport, type OracleReport, oracle } from './oracle.ts';
