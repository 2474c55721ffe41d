/** What holds for the whole site. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../ask.ts';
import { Act } from '../../parts/act.tsx';
import { type SiteSettings, useSettings } from '../../settings.ts';
import { formsOf, useForms } from '../../words/forms.tsx';
import { useLanguage, useSay } from '../../words/language.tsx';
import { WORDS } from './words.ts';
import '../govern.css';

const EXAMPLE = 123_456;

export function Settings() {
  const say = useSay(WORDS);
  const settings = useSettings();
  const forms = useForms();
  const { timeZone, dayStart, currency } = settings;
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet">{say('lead')}</p>
      <section className="card" aria-labelledby="site-now">
        <h2 id="site-now">{say('now')}</h2>
        <dl className="facts">
          <Fact name={say('timeZone')}>{timeZone}</Fact>
          <Fact name={say('dayStart')}>{dayStart}</Fact>
          <Fact name={say('currency')}>{currency.code}</Fact>
          <Fact name={say('digits')}>{say('digitsCount', { digits: currency.digits })}</Fact>
        </dl>
        <p className="quiet">{say('example', { money: forms.money(EXAMPLE), moment: forms.momentText(Date.now()) })}</p>
        <Change settings={settings} />
      </section>
      <section className="card" aria-labelledby="site-elsewhere">
        <h2 id="site-elsewhere">{say('elsewhere')}</h2>
        <p>
          <b>{say('limits')}</b> {say('limitsAre')}
        </p>
        <p>
          <b>{say('sessions')}</b> {say('sessionsAre')}
        </p>
      </section>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const DIGITS = [0, 1, 2, 3, 4];

function Change({ settings }: { readonly settings: SiteSettings }) {
  const say = useSay(WORDS);
  const { locale } = useLanguage();
  const queries = useQueryClient();
  const [changes, setWanted] = useState<Partial<SiteSettings>>({});
  const wanted = { ...settings, ...changes };
  const { timeZone, dayStart, currency } = wanted;
  const wrong = wrongIn(wanted);
  const example = wrong === null ? formsOf(locale, timeZone, currency) : null;
  return (
    <Act
      name={say('change')}
      lead={say('changeLead')}
      isMain
      act={async ({ why }) => {
        if (wrong) throw new Error(say(wrong, { zone: timeZone, code: currency.code }));
        const { outcome } = await send<{ readonly outcome: 'set' | 'unchanged' }>(
          'settings',
          { ...wanted, why },
          'PUT',
        );
        await queries.invalidateQueries({ queryKey: ['settings'] });
        setWanted({});
        return say(outcome);
      }}
    >
      <label htmlFor="site-zone">{say('timeZone')}</label>
      <input
        id="site-zone"
        list="site-zones"
        value={timeZone}
        aria-describedby="site-zone-hint"
        onChange={({ target }) => setWanted({ ...wanted, timeZone: target.value.trim() })}
      />
      <datalist id="site-zones">
        {Intl.supportedValuesOf('timeZone').map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <p id="site-zone-hint" className="hint">
        {say('timeZoneHint')}
      </p>
      <label htmlFor="site-day">{say('dayStart')}</label>
      <input
        id="site-day"
        type="time"
        required
        value={dayStart}
        aria-describedby="site-day-hint"
        onChange={({ target }) => setWanted({ ...wanted, dayStart: target.value || dayStart })}
      />
      <p id="site-day-hint" className="hint">
        {say('dayStartHint')}
      </p>
      <label htmlFor="site-currency">{say('currency')}</label>
      <input
        id="site-currency"
        list="site-currencies"
        maxLength={3}
        value={currency.code}
        aria-describedby="site-currency-hint"
        onChange={({ target }) => {
          const code = target.value.trim().toUpperCase();
          setWanted({ ...wanted, currency: { code, digits: digitsOf(code) ?? currency.digits } });
        }}
      />
      <datalist id="site-currencies">
        {Intl.supportedValuesOf('currency').map((code) => (
          <option key={code} value={code} />
        ))}
      </datalist>
      <p id="site-currency-hint" className="hint">
        {say('currencyHint')}
      </p>
      <label htmlFor="site-digits">{say('digits')}</label>
      <select
        id="site-digits"
        value={currency.digits}
        aria-describedby="site-digits-hint"
        onChange={({ target }) => setWanted({ ...wanted, currency: { ...currency, digits: Number(target.value) } })}
      >
        {DIGITS.map((digits) => (
          <option key={digits} value={digits}>
            {say('digitsCount', { digits })}
          </option>
        ))}
      </select>
      <p id="site-digits-hint" className="hint">
        {say('digitsHint')}
      </p>
      <p className="quiet" aria-live="polite">
        {wrong
          ? say(wrong, { zone: timeZone, code: currency.code })
          : example && say('example', { money: example.money(EXAMPLE), moment: example.momentText(Date.now()) })}
      </p>
    </Act>
  );
}

function wrongIn({ timeZone, currency }: SiteSettings): 'zoneUnknown' | 'currencyUnknown' | null {
  if (!isZone(timeZone)) return 'zoneUnknown';
  return Intl.supportedValuesOf('currency').includes(currency.code) ? null : 'currencyUnknown';
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** As the currency is written; null where there is none of the code yet, while it is typed. */
function digitsOf(code: string): number | null {
  if (!Intl.supportedValuesOf('currency').includes(code)) return null;
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions().maximumFractionDigits ?? 2
  );
}
