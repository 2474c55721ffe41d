/** What terminals offer, from which time on. */
import { Act } from '../../parts/act.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Empty } from '../../parts/states.tsx';
import { useMay } from '../../session.tsx';
import { useForms } from '../../words/forms.tsx';
import { useLanguage, useSay } from '../../words/language.tsx';
import { useChange } from './changing.ts';
import { FileField, jsonIn } from './file-field.tsx';
import type { Tariff } from './types.ts';
import { WORDS } from './words.ts';

export function TariffList({ tariffs }: { readonly tariffs: readonly Tariff[] }) {
  const say = useSay(WORDS);
  const may = useMay();
  const now = Date.now();
  const held = tariffs.findLast(({ validFrom }) => validFrom <= now);
  return (
    <>
      {may('set-tariff') && <Load />}
      {tariffs.length === 0 && <Empty title={say('noTariff')}>{say('noTariffLead')}</Empty>}
      {tariffs.map((tariff) => (
        <One
          key={tariff.validFrom}
          tariff={tariff}
          standing={tariff === held ? 'holdsNow' : tariff.validFrom > now ? 'follows' : 'past'}
        />
      ))}
    </>
  );
}

function One({ tariff, standing }: { readonly tariff: Tariff; readonly standing: 'holdsNow' | 'follows' | 'past' }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const { language } = useLanguage();
  const { validFrom, fares, products, parts } = tariff;
  const when = forms.momentText(validFrom);
  const tones = { holdsNow: 'good', follows: 'doubt', past: 'quiet' } as const;
  const conditions = ({ validFor, maxUses }: Tariff['products'][number]) =>
    [
      validFor === undefined ? null : say('validFor', { time: forms.duration(validFor) }),
      maxUses === undefined ? null : say('uses', { count: maxUses }),
    ]
      .filter((text) => text !== null)
      .join(', ');
  return (
    <section>
      <h4>
        {say('from', { when })} <Badge tone={tones[standing]}>{say(standing)}</Badge>
      </h4>
      <table className="narrow">
        <caption className="spoken">{say('faresCaption', { when })}</caption>
        <thead>
          <tr>
            <th scope="col">{say('sort')}</th>
            <th scope="col">{say('what')}</th>
            <th scope="col" className="number">
              {say('price')}
            </th>
          </tr>
        </thead>
        <tbody>
          {fares.map(({ code, name, amount }) => (
            <tr key={`fare ${code}`}>
              <td className="quiet">{say('isFare')}</td>
              <th scope="row">
                {name[language]} <code className="quiet">{code}</code>
              </th>
              <td className="number">{forms.money(amount)}</td>
            </tr>
          ))}
          {products.map((product) => (
            <tr key={`product ${product.code}`}>
              <td className="quiet">{say('isProduct')}</td>
              <th scope="row">
                {product.name[language]} <code className="quiet">{product.code}</code>{' '}
                <span className="quiet">{conditions(product)}</span>
              </th>
              <td className="number">{forms.money(product.price)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <details>
        <summary>{say('parts')}</summary>
        <ul>
          {parts.map(({ role, terminals, offers, defaultOffer }) => (
            <li key={`${role} ${terminals[0] ?? ''}`}>
              <b>{role}</b> ({terminals.length === 0 ? say('partAll') : terminals.join(', ')}):{' '}
              {offers.map((offer, index) => `${index + 1 === defaultOffer ? '★ ' : ''}${offerText(offer)}`).join(' · ')}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function offerText(offer: Tariff['parts'][number]['offers'][number]): string {
  if (offer.kind === 'debit') return offer.fare;
  if (offer.kind === 'purchase') return offer.product;
  return offer.kind === 'refill' ? offer.name.en : offer.codes.join('/');
}

function Load() {
  const say = useSay(WORDS);
  const change = useChange();
  return (
    <Act
      name={say('setTariff')}
      lead={say('setTariffLead')}
      isMain
      act={async ({ why, form }) => {
        const file = await jsonIn(form, 'file');
        if ('fault' in file) throw new Error(say(file.fault, { message: file.message }));
        return change('lists/tariff', { tariff: file.value, why });
      }}
    >
      <FileField id="tariff-file" />
    </Act>
  );
}
