/** Reports as the specification has them, for comparing. */

export interface Report {
  readonly asOf: number;
  readonly accounts: readonly { readonly medium: string; readonly balance: number }[];
  readonly transactions: readonly object[];
  readonly alerts: readonly object[];
  readonly rejected: readonly { readonly file: string; readonly line: number; readonly reason: string }[];
}

/** The alerts are a set, in any order; the keys of each in any order too. */
export function comparable(report: Report): object {
  const alerts = report.alerts.map((alert) => JSON.stringify(Object.entries(alert).sort()));
  return { ...report, alerts: alerts.sort() };
}

export function parseReport(text: string): Report {
  return JSON.parse(text) as Report;
}
