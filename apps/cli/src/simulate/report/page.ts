/** The report as one page, whole in itself: both languages, light and dark, pictures as SVG, every picture also a table. */
import { escaped } from './charts.ts';
import { ENGLISH } from './english.ts';
import type { Figures } from './figures.ts';
import {
  alertTable,
  batchTable,
  comparisonTable,
  confusionTable,
  faultTable,
  latencyTable,
  serviceTable,
  tornTable,
} from './page-tables.ts';
import { Print } from './print.ts';
import { doubtCurve, figure8, section, settlingCurves } from './sections.ts';
import { SLOVENE } from './slovene.ts';
import { STYLE } from './style.ts';
import { fill, LANGUAGES, type Language, type ReportWords } from './words.ts';

const WORDS: Readonly<Record<Language, ReportWords>> = { en: ENGLISH, sl: SLOVENE };

/** Only chooses the language at first; without it the page is English, and the links change it all the same. */
const SCRIPT = `if(location.hash===''&&navigator.language.startsWith('sl'))location.replace('#sl');`;

export function pageOf(figures: Figures): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(figures.preset)} – Retap</title>
<style>${STYLE}</style>
<script>${SCRIPT}</script>
</head>
<body>
${LANGUAGES.map((language) => bodyOf(language, figures)).join('\n')}
</body>
</html>
`;
}

function bodyOf(language: Language, figures: Figures): string {
  const print = new Print(WORDS[language], figures.utcOffsetHours);
  const { text, other } = print.words;
  const otherLanguage = language === 'en' ? 'sl' : 'en';
  const id = (name: string): string => `${language}-${name}`;
  const hours = print.decimal(figures.lookHours, Number.isInteger(figures.lookHours) ? 0 : 2);
  const looks = { looks: print.count(figures.alerts.looks), hours };
  const parts = [
    facts(figures, print),
    ...(figures.comparison.length === 0
      ? []
      : [section(id('comparison'), text.comparison, text.comparisonLead, comparisonTable(figures, print))]),
    section(id('figure8'), text.figure8, text.figure8Lead, figure8(figures, print, id('figure8-chart'))),
    section(id('table1'), text.table1, text.table1Lead, batchTable(figures, print)),
    section(id('table2'), text.table2, text.table2Lead, tornTable(figures, print)),
    section(id('settling'), text.settling, text.settlingLead, settlingCurves(figures, print, id('settling-chart'))),
    section(id('doubt'), text.doubt, text.doubtLead, doubtCurve(figures, print, id('doubt-chart'))),
    section(id('confusion'), text.confusion, text.confusionLead, confusionTable(figures, print)),
    section(id('alerts'), text.alerts, fill(text.alertsLead, looks), alertTable(figures, print)),
    section(id('latency'), text.latency, fill(text.latencyLead, looks), latencyTable(figures, print)),
    section(id('service'), text.service, text.serviceLead, serviceTable(figures, print)),
    section(id('faults'), text.faults, text.faultsLead, faultTable(figures, print)),
  ];
  return `<main id="${language}" lang="${language}">
<header><h1>${escaped(figures.preset)}</h1><a href="#${otherLanguage}" lang="${otherLanguage}" hreflang="${otherLanguage}">${escaped(other)}</a></header>
<p><span lang="en">${escaped(figures.description)}</span> ${escaped(text.lead)}</p>
${parts.join('\n')}
</main>`;
}

function facts(figures: Figures, print: Print): string {
  const { text } = print.words;
  const { size, seed, scale, taps, records, seconds, database, violations } = figures;
  const rows = [
    [text.seed, seed],
    [text.scale, String(scale)],
    [text.accounts, print.count(size.accounts)],
    [text.terminals, print.count(size.terminals)],
    [text.taps, print.count(taps)],
    [text.records, print.count(records)],
    [text.runTime, `${print.count(seconds)} s`],
    [text.database, database === 'embedded' ? 'PGlite' : 'PostgreSQL'],
    [text.violations, print.count(violations)],
  ];
  const entries = rows.map(
    ([term = '', value = '']) => `<div><dt>${escaped(term)}</dt><dd>${escaped(value)}</dd></div>`,
  );
  return `<section aria-label="${escaped(text.facts)}"><dl>${entries.join('')}</dl></section>`;
}
