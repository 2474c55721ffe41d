/** The parts of the report that are tables alone. */
import { FAULT_KNOBS, FRAUD_KNOBS } from '@retap/simulator';
import { escaped } from './charts.ts';
import type { Figures } from './figures.ts';
import { type Print, table } from './print.ts';
import { fill } from './words.ts';

const HOUR = 3_600_000;

export function comparisonTable({ comparison, settling }: Figures, print: Print): string {
  const { text, paper } = print.words;
  const rows = comparison.map(({ key, counted, ours, paper: stated, difference, isMet }) => {
    const shown = (value: number): string => {
      if (key === 'cutOffShare') return print.percent(value, 2);
      return key === 'cardMs' || key === 'phoneMs' ? print.decimal(value, 0) : print.count(value);
    };
    return [
      ...[paper[key], shown(counted), shown(ours)],
      difference === null ? `> ${shown(stated)}` : shown(stated),
      difference === null ? '' : print.difference(difference),
      { text: isMet ? text.yes : text.no, isOff: !isMet },
    ];
  });
  const head = [text.figure, text.counted, text.ours, text.paper, text.difference, text.met];
  const count = settling.afterTenDays;
  const chance = fill(text.noteChance, {
    count: print.count(count),
    percent: print.decimal(100 / Math.sqrt(Math.max(1, count)), 0),
  });
  const notes = [text.noteTorn, chance, text.noteRiders, text.noteService].map((note) => `<li>${escaped(note)}</li>`);
  return `${table({ caption: text.comparison, head, rows })}<ul>${notes.join('')}</ul>`;
}

export function batchTable({ days, scale, refusedUploads }: Figures, print: Print): string {
  const { text } = print.words;
  const batches = days.reduce((sum, day) => sum + day.batches, 0);
  const cutOff = days.reduce((sum, day) => sum + day.cutOff, 0);
  const rows = [
    [text.batches, print.count(batches), print.count(batches / scale), ''],
    [text.cutOff, print.count(cutOff), print.count(cutOff / scale), print.percent(cutOff / Math.max(1, batches), 2)],
    [text.refused, print.count(refusedUploads), '', ''],
  ];
  return table({ caption: text.table1, head: [text.figure, text.counted, text.scaled, text.share], rows });
}

export function tornTable({ days, settling, scale }: Figures, print: Print): string {
  const { text } = print.words;
  const workdays = days.filter(({ kind }) => kind === 'workday');
  const aWorkday = workdays.reduce((sum, { torn }) => sum + torn, 0) / Math.max(1, workdays.length);
  const { torn, withinDay, afterTenDays, never } = settling;
  const part = (label: string, count: number): string[] => [
    ...[label, print.count(count), print.count(count / scale), print.percent(count / Math.max(1, torn))],
  ];
  const rows = [
    [text.tornAWorkday, print.decimal(aWorkday), print.count(aWorkday / scale), ''],
    part(text.tornAll, torn),
    part(text.settledWithinDay, withinDay),
    part(text.settledLater, torn - withinDay - afterTenDays - never),
    part(text.settledAfterTen, afterTenDays),
    part(text.neverSettled, never),
  ];
  return table({ caption: text.table2, head: [text.figure, text.counted, text.scaled, text.share], rows });
}

export function confusionTable(figures: Figures, print: Print): string {
  const { text, statuses } = print.words;
  const { confusion, successfulAtCentre, commitsInside, settling } = figures;
  const rows = (['successful', 'unsuccessful', 'unverified'] as const).map((status) => {
    const { committed, not } = confusion[status];
    return [
      statuses[status],
      { text: print.count(committed), isOff: status === 'unsuccessful' && committed > 0 },
      { text: print.count(not), isOff: status === 'successful' && not > 0 },
    ];
  });
  const all = fill(text.confusionAll, { centre: print.count(successfulAtCentre), inside: print.count(commitsInside) });
  const disagreeing = fill(text.disagreeing, { count: print.count(settling.disagreeing) });
  const head = [text.centreSays, text.committed, text.notCommitted];
  return `${table({ caption: text.confusion, head, rows })}<p>${escaped(all)} ${escaped(disagreeing)}</p>`;
}

export function alertTable({ alerts, taps }: Figures, print: Print): string {
  const { text } = print.words;
  const count = alerts.unexplained.length;
  const rate = fill(text.perMillion, {
    rate: print.decimal((count * 1e6) / Math.max(1, taps)),
    ...{ count: print.count(count), taps: print.count(taps) },
  });
  const rows = Object.entries(alerts.byKind).map(([kind, different]) => {
    const unexplained = alerts.unexplained.filter(({ alert }) => alert.kind === kind).length;
    return [kind, print.count(different), { text: print.count(unexplained), isOff: unexplained > 0 }];
  });
  const head = [text.kind, text.alertCount, text.unexplained];
  return `<p><strong>${escaped(rate)}</strong></p>${rows.length === 0 ? '' : table({ caption: text.alerts, head, rows })}`;
}

export function latencyTable({ alerts }: Figures, print: Print): string {
  const { text, frauds } = print.words;
  if (alerts.latencies.length === 0) return `<p>${escaped(text.noFrauds)}</p>`;
  const rows = alerts.latencies.map(({ kind, planted, named, latenciesMs }) => {
    const hours = (ms: number | undefined): string => (ms === undefined ? '–' : print.decimal(ms / HOUR));
    return [
      ...[frauds[kind], print.count(planted)],
      { text: print.count(named), isOff: named < planted },
      ...[hours(latenciesMs[Math.floor((latenciesMs.length - 1) / 2)]), hours(latenciesMs.at(-1))],
    ];
  });
  return table({ caption: text.latency, head: [text.kind, text.planted, text.named, text.median, text.longest], rows });
}

export function serviceTable({ service }: Figures, print: Print): string {
  const { text, media } = print.words;
  const rows = service.map(({ kind, taps, meanMs, p95Ms }) => [
    ...[media[kind], print.count(taps), print.count(meanMs), print.count(p95Ms)],
  ]);
  return table({ caption: text.service, head: [text.kind, text.taps, text.mean, text.p95], rows });
}

export function faultTable({ faults }: Figures, print: Print): string {
  const { text } = print.words;
  const meanings = new Map<string, string>(
    [...FAULT_KNOBS, ...FRAUD_KNOBS].map(({ name, meaning }) => [name, meaning]),
  );
  const happened = Object.entries(faults).filter(([, count]) => count > 0);
  if (happened.length === 0) return `<p>${escaped(text.noneOfThem)}</p>`;
  const lines = happened.map(([name, count]) => {
    const meaning = meanings.get(name);
    // The meanings are those of the tables of knobs, which are English.
    const shown =
      meaning === undefined
        ? ''
        : ` <span class="quiet" lang="en">${escaped(meaning).replace(/`([^`]+)`/g, '<code>$1</code>')}</span>`;
    return `<tr><th scope="row"><code>${escaped(name)}</code>${shown}</th><td class="n">${print.count(count)}</td></tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(text.faults)}"><table><caption>${escaped(text.faults)}</caption>
<thead><tr><th scope="col">${escaped(text.kind)}</th><th scope="col" class="n">${escaped(text.times)}</th></tr></thead><tbody>${lines.join('\n')}</tbody></table></div>`;
}
