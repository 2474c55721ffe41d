/** What would have been otherwise. */
import type { ReactNode } from 'react';
import { MediumLink, RecordLink, TerminalLink } from '../../parts/links.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { DRY_RUN_WORDS } from './dry-run-words.ts';
import { LIMIT_WORDS } from './limit-words.ts';
import { isLimitName } from './limits.ts';
import type { DryRunTold } from './types.ts';

const DAY = 86_400_000;

export function DryRunAnswer({ answer, isPrice }: { readonly answer: DryRunTold; readonly isPrice: boolean }) {
  const say = useSay(DRY_RUN_WORDS);
  const sayLimit = useSay(LIMIT_WORDS);
  const forms = useForms();
  const { affected, examined, since, until, isWhole, taps, unknown, notJudged, examinedFrom } = answer;
  const money = isPrice ? forms.change : forms.money;
  return (
    <div role="status" className="dry-run">
      <p>
        <b>
          {say(isPrice ? 'otherwise' : 'refused', {
            count: affected.count,
            taps: forms.number(taps),
            amount: money(affected.amount),
          })}
        </b>
      </p>
      <p className="quiet">
        {say('examined', { examined, since: forms.momentText(isWhole ? since : (examinedFrom ?? since)) })}{' '}
        {!isWhole && say('notWhole', { days: Math.round((until - since) / DAY) })}
      </p>
      {unknown > 0 && <p className="doubt-text">{say('unknown', { count: unknown })}</p>}
      {notJudged.length > 0 && (
        <p className="doubt-text">
          {say('notJudged', {
            limits: notJudged.map((name) => (isLimitName(name) ? sayLimit(name) : name)).join(', '),
          })}
        </p>
      )}
      {affected.count > 0 && <Tables answer={answer} money={money} isPrice={isPrice} />}
      <p className="hint">{say('bound')}</p>
    </div>
  );
}

interface TablesProps {
  readonly answer: DryRunTold;
  readonly money: (amount: number) => string;
  readonly isPrice: boolean;
}

function Tables({ answer: { days, terminals, reasons, samples }, money, isPrice }: TablesProps) {
  const say = useSay(DRY_RUN_WORDS);
  const forms = useForms();
  const amount = say(isPrice ? 'more' : 'amount');
  const most = Math.max(...days.map(({ count }) => count));
  const numbers = [say('count'), amount];
  const sums = (sum: { readonly count: number; readonly amount: number }) => [
    forms.number(sum.count),
    money(sum.amount),
  ];
  return (
    <div className="side-by-side">
      <Table
        numbers={numbers}
        caption={say('byReason')}
        heads={[say('reason'), say('count'), amount]}
        rows={Object.entries(reasons).map(([reason, sum]) => [say(reason as 'dearer'), ...sums(sum)])}
      />
      <Table
        numbers={numbers}
        caption={say('byDay')}
        heads={[say('day'), say('count'), amount]}
        rows={days.map(({ day, ...sum }) => [
          <span key={day} className="day-bar">
            {day}
            <span aria-hidden="true" style={{ inlineSize: `${(sum.count / most) * 6}rem` }} />
          </span>,
          ...sums(sum),
        ])}
      />
      <Table
        numbers={numbers}
        caption={say('byTerminal')}
        heads={[say('terminal'), say('count'), amount]}
        rows={terminals.map(({ terminal, ...sum }) => [
          <TerminalLink key={terminal} terminal={terminal} />,
          ...sums(sum),
        ])}
      />
      <Table
        numbers={numbers}
        caption={say('samples')}
        heads={[say('record'), say('medium'), say('at'), say('reason'), amount]}
        rows={samples.map((one) => [
          <RecordLink key="record" terminal={one.terminal} serial={one.serial} />,
          one.medium === null ? '–' : <MediumLink key="medium" medium={one.medium} />,
          forms.moment(one.time),
          say(one.reason),
          money(one.difference),
        ])}
      />
    </div>
  );
}

interface TableProps {
  readonly caption: string;
  readonly heads: readonly string[];
  /** Heads of columns of numbers. */
  readonly numbers: readonly string[];
  readonly rows: readonly (readonly ReactNode[])[];
}

function Table({ caption, heads, numbers, rows }: TableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys (axe: scrollable-region-focusable)
    <section className="scroll" tabIndex={0} aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col" className={numbers.includes(head) ? 'number' : ''}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of an answer that stands as it came
            <tr key={row}>
              {cells.map((cell, at) => (
                <td key={heads[at]} className={numbers.includes(heads[at] ?? '') ? 'number' : ''}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
