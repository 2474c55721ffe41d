/** How the balance comes about, line by line. */
import type { ChainLink } from '@retap/central';
import { RecordLink } from '../../parts/links.tsx';
import { TypeOrPurpose } from '../../parts/purpose.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { explanationOf, type Line } from './explanation.ts';
import { proofWord } from './looks.ts';
import { identityOf } from './picture.ts';
import { WORDS } from './words.ts';

export function Explanation(props: {
  readonly links: readonly ChainLink[];
  readonly isWhole: boolean;
  readonly balance: number;
}) {
  const { links, isWhole, balance } = props;
  const say = useSay(WORDS);
  const { money } = useForms();
  const { lines, total } = explanationOf(links, isWhole);
  return (
    <details className="card" id="explanation">
      <summary>
        <h2>{say('explain')}</h2>
      </summary>
      <p className="quiet">{say('explainLead')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section className="scroll" tabIndex={0} aria-label={say('explain')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('time')}</th>
              <th scope="col">{say('record')}</th>
              <th scope="col">{say('type')}</th>
              <th scope="col" className="number">
                {say('amount')}
              </th>
              <th scope="col" className="number">
                {say('balance')}
              </th>
              <th scope="col">{say('because')}</th>
              <th scope="col">{say('proof')}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <LineRow key={keyOf(line)} line={line} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={4}>
                {say('total')}
              </th>
              <td className="number" data-total={total}>
                <b>{money(total)}</b>
              </td>
              <td colSpan={2} className={total === balance ? '' : 'wrong-text'}>
                {say(total === balance ? 'agrees' : 'differs')}
              </td>
            </tr>
          </tfoot>
        </table>
      </section>
    </details>
  );
}

const keyOf = (line: Line): string =>
  line.kind === 'brought-forward' ? line.kind : `${line.kind} ${identityOf(line.link)}`;

const MOVED = { gap: 'gap', fork: 'forkLine', mismatch: 'mismatch' } as const;

function LineRow({ line }: { readonly line: Line }) {
  const say = useSay(WORDS);
  const { change, money, moment } = useForms();
  if (line.kind === 'brought-forward') {
    return (
      <tr>
        <td colSpan={4}>{say('broughtForward')}</td>
        <td className="number">{money(line.balance)}</td>
        <td colSpan={2} />
      </tr>
    );
  }
  const { record, proof } = line.link;
  const isConfirmed = record.type !== 'observation' && record.status !== 'successful';
  const isRecord = line.kind === 'record';
  return (
    <tr className={isRecord ? '' : 'moved'}>
      <td>{moment(record.time)}</td>
      <td>
        <RecordLink terminal={record.terminal} serial={record.serial} />
      </td>
      <td>{isRecord ? <TypeOrPurpose record={record} /> : say(MOVED[line.kind])}</td>
      <td className="number">{change(line.amount)}</td>
      <td className="number">{money(line.balance)}</td>
      <td>{isRecord && say(isConfirmed ? 'confirmed' : 'reported')}</td>
      <td>{isRecord && say(proofWord(proof))}</td>
    </tr>
  );
}
