import { SLOVENE_PEOPLE, SLOVENE_ROLES } from './people.ts';
import { SLOVENE_REFUSALS } from './refusals.ts';
import type { Words } from './words.ts';

export const SLOVENE: Words = {
  language: 'Slovenščina',
  page: {
    title: 'Središče Retap',
    languageLabel: 'Jezik',
  },
  proposals: {
    'deny.add': 'Prepovej nosilec',
    'deny.remove': 'Spet dovoli nosilec',
    'action.order': 'Ukrep na nosilcu ob naslednjem dotiku',
    'limits.set': 'Zamenjaj omejitve terminalov brez povezave',
    'tariff.set': 'Zamenjaj tarife',
    'terminal.replace-key': 'Daj terminalu nov ključ',
    'person.recover': 'Dovoli osebi nov ključ za prijavo',
  },
  caseStates: {
    'new': 'nov',
    acknowledged: 'vzet na znanje',
    assigned: 'dodeljen',
    resolved: 'rešen',
    cured: 'odpravljen',
  },
  caseSteps: {
    raised: 'opozorilo se je pojavilo',
    changed: 'opozorilo se je spremenilo: {alert}',
    cured: 'odpravljen, {cure}',
    'raised-again': 'opozorilo se je pojavilo znova',
    acknowledged: 'vzet na znanje',
    assigned: 'dodeljen: {to}',
    resolved: 'rešen: {reason}',
    commented: 'komentar: {text}',
  },
  cures: {
    record: 'prispel je zapis {record}',
    records: 'prispeli so zapisi (prejemi od {from} do {to})',
    time: 'čas je nastopil',
    clock: 'ura je spet točna ali ne šteje več',
  },
  types: {
    open: 'Odprtje',
    refill: 'Polnjenje',
    debit: 'Plačilo',
    purchase: 'Nakup',
    validation: 'Prijava',
    observation: 'Opažanje',
  },
  people: SLOVENE_PEOPLE,
  roles: SLOVENE_ROLES,
  refusals: SLOVENE_REFUSALS,
  statuses: {
    successful: 'uspešna',
    unsuccessful: 'neuspešna',
    unverified: 'v dvomu',
    observed: 'videno',
  },
  synchronization: {
    gap: 'Vrzel: transakcija z dne {time} še ni prispela. Nepojasnjeno dobroimetje: {amount}.',
    fork: 'Razcep: nadaljuje starejši zapis, ne tistega pred seboj. Nepojasnjeno dobroimetje: {amount}.',
    mismatch: 'Neujemanje: stanje ne sledi iz zapisa pred njim. Nepojasnjeno dobroimetje: {amount}.',
  },
  proofs: {
    'proof-invalid': {
      title: 'Lažen dokaz',
      sentence: 'Dokaz v zapisu {record} ni dokaz nosilca {medium} za to transakcijo.',
      advice: 'Terminal si je zapis izmislil ali ga je spremenil: umaknite ga in preverite, kje so še njegovi ključi.',
    },
    'proof-missing': {
      title: 'Dokaza ni',
      sentence: 'Po zapisu {record} je nosilec {medium} potrdil transakcijo, a dokaza kartice ni.',
      advice: 'Te transakcije ne plačajte, dokler je kartica ne dokaže. Preverite terminal, ki jo je sporočil.',
    },
    'proof-contradiction': {
      title: 'Kartica pravi drugače',
      sentence: 'Zapis {record} šteje, a poznejši dokaz nosilca {medium} kaže, da se ni zgodilo tako.',
      advice:
        'Terminal je potrdil, česar ni bilo: preverite tistega, ki je poročal, in tiste, ki so kartico brali za njim.',
    },
    'proof-reader': {
      title: 'Prej drug terminal',
      sentence: 'V zapisu {record} je zadnji terminal nosilca {medium} drug kakor v dokazu.',
      advice:
        'Ta terminal je spremenil, kar je prebral, ali pa se je prejšnji predstavil z lažno številko: primerjajte ju.',
    },
    'proof-repeated': {
      title: 'En dokaz, več transakcij',
      sentence: 'Nosilec {medium} ima veljavne dokaze za zapise {transactions} pod isto številko {counter}.',
      advice:
        'Kartica vsako številko porabi enkrat: kopirana je s ključi vred ali pa je terminal eno potrditev sporočil dvakrat.',
    },
    'proof-counter': {
      title: 'Neštete potrditve',
      sentence: 'Števca nosilca {medium} se razideta med zapisi {transactions}.',
      advice:
        'Kartica je potrdila večkrat, kot pravijo njene transakcije: terminal je potrditve skril. Kartico blokirajte.',
    },
  },
  integrity: {
    'journal-chain-broken': {
      title: 'Dvakrat podpisan dnevnik',
      sentence: 'Pred zapisom {record} je terminal {terminal} podpisal dva različna dnevnika.',
      advice:
        'Nekdo je spremenil njegov dnevnik ali pa je nadaljeval iz stare kopije: začasno ga izključite in preglejte napravo.',
    },
    'terminal-clock-off': {
      title: 'Ura ni točna',
      sentence: 'Ura terminala {terminal} je ob zadnji meritvi odstopala bolj, kot je dovoljeno.',
      advice: 'Naprava naj sledi uri središča ali ji uro nastavite. Če jih je več hkrati, preverite uro središča.',
    },
    'refill-unbacked': {
      title: 'Prejeto, a ne plačano',
      sentence: 'V zapisu {record} je {medium} prejel vrednost, ki je ne krije nobeno plačilo njemu in noben nalog.',
      advice:
        'Plačnik naj pošlje, kar ima njegov telefon. Če ta pravi drugače, je bil eden od obeh spremenjen ali prekopiran.',
    },
    'payment-taken-twice': {
      title: 'Dvakrat prevzeto plačilo',
      sentence: 'Plačilo {record} nosilca {medium} je telefon, ki mu je bilo namenjeno, prevzel dvakrat.',
      advice:
        'Ta telefon je bil spremenjen ali pa je nadaljeval iz stare kopije: začasno ga izključite in vzemite nazaj, kar ima preveč.',
    },
    'payment-disputed': {
      title: 'Vrnjeno in prevzeto',
      sentence: 'Plačilo {record} nosilca {medium} je bilo plačniku vrnjeno, a vseeno prevzeto.',
      advice: 'Plačani telefon je poročal prepozno ali prevzel, kar je poteklo. Odločite, kdo nosi znesek.',
    },
    'phone-out-of-bounds': {
      title: 'Telefon tega ne sme pisati',
      sentence: 'V zapisu {record} je telefon {terminal} zapisal, česar telefon ne sme, in to o nosilcu {medium}.',
      advice: 'Aplikacija je bila spremenjena: telefon začasno izključite in preglejte vse, kar je sporočil.',
    },
  },
  alerts: {
    'cloned-medium': {
      title: 'Kloniran nosilec',
      sentence: 'Zapisi {transactions} nosilca {medium} izhajajo iz stanj, ki se med seboj izključujejo.',
      advice: 'Verjetno obstajata dve kopiji nosilca: blokirajte ga in preverite, kje je bila katera uporabljena.',
    },
    'stale-medium': {
      title: 'Pokazano staro stanje',
      sentence: 'V zapisu {record} je nosilec {medium} pokazal stanje, ki ga je že zapustil.',
      advice: 'Kopija ali povrnjena varnostna kopija: preverite, kaj je sledilo.',
    },
    'missing-transaction': {
      title: 'Transakcija manjka',
      sentence: 'Terminal {terminal} ni poslal, kaj je naredil z nosilcem {medium} dne {time}.',
      advice: 'Ugotovite, zakaj ta terminal ni poslal zapisov.',
    },
    'balance-mismatch': {
      title: 'Stanje ne sledi',
      sentence: 'V zapisu {record} stanje nosilca {medium} za {amount} odstopa od zapisa pred njim.',
      advice: 'Stanje na nosilcu ali terminal je prirejen ali v okvari.',
    },
    'medium-serial-mismatch': {
      title: 'Števec potrditev ne sledi',
      sentence: 'V zapisu {record} števec potrditev nosilca {medium} ne nadaljuje zapisa pred njim.',
      advice: 'Kopija ali potrditev, ki je ni sporočil noben terminal.',
    },
    'terminal-chain-mismatch': {
      title: 'Napačen zadnji terminal',
      sentence: 'V zapisu {record} nosilec {medium} navaja drug zadnji terminal kot zapis pred njim.',
      advice: 'Podatki na nosilcu se ne ujemajo z dnevniki: primerjajte oba zapisa.',
    },
    'commit-contradiction': {
      title: 'Sporočena kot neuspešna, a potrjena',
      sentence:
        'Po zapisu {record} potrditev na nosilcu {medium} ni uspela, a jo je nosilec prinesel do poznejšega dotika.',
      advice: 'Transakcija šteje. Preverite terminal, ki jo je sporočil.',
    },
    'invalid-time': {
      title: 'Čas ni za zadnjo potrditvijo',
      sentence: 'Zapis {record} nosilca {medium} ni poznejši od potrditve, po kateri je nastal.',
      advice: 'Pošten terminal tega ne zapiše: preverite njegovo programsko opremo in uro.',
    },
    'future-time': {
      title: 'Čas v prihodnosti',
      sentence: 'Zapis {record} nosilca {medium} ima čas, ki še ni nastopil.',
      advice: 'Preverite uro terminala.',
    },
    'terminal-time-order': {
      title: 'Terminal je šel nazaj v času',
      sentence: 'Zapis {record} ni poznejši od prejšnjega zapisa istega terminala.',
      advice: 'Pošten terminal tega ne zapiše: preverite njegovo programsko opremo in uro.',
    },
    'invalid-amount': {
      title: 'Nedovoljen znesek',
      sentence: 'Zapis {record} nosilca {medium} pusti prenizko stanje ali pa ima njegov znesek napačen predznak.',
      advice: 'Preverite terminal, ki ga je zapisal.',
    },
    'validation-without-purchase': {
      title: 'Prijava brez nakupa',
      sentence: 'V zapisu {record} se je nosilec {medium} prijavil s produktom, katerega nakup ni prispel.',
      advice: 'Poiščite terminal, ki ga je prodal; sicer je produkt ponarejen.',
    },
    'invalid-validation': {
      title: 'Nedovoljena prijava',
      sentence: 'V zapisu {record} je nosilec {medium} uporabil produkt zunaj njegovega časa ali prevečkrat.',
      advice: 'Preverite terminal, ki ga je spustil.',
    },
    'duplicate-product': {
      title: 'Produkt prodan dvakrat',
      sentence: 'Zapis {record} proda nosilcu {medium} produkt z oznako, ki jo že ima.',
      advice: 'Šteje le prvi: preverite, ali je treba drugega vrniti.',
    },
    'unknown-medium': {
      title: 'Neznan nosilec',
      sentence: 'Nosilec {medium} je v rabi, a zapis o njegovem odprtju ni prispel.',
      advice: 'Poiščite terminal, ki ga je odprl; sicer ni naš.',
    },
    'duplicate-open': {
      title: 'Odprt več kot enkrat',
      sentence: 'Nosilec {medium} je bil odprt več kot enkrat.',
      advice: 'Šteje le prvo odprtje: preverite mesto, kjer se nosilci odpirajo.',
    },
    'terminal-serial-gap': {
      title: 'Zapisi manjkajo',
      sentence: 'Terminal {terminal} ni poslal svojih zapisov od {from} do {to}.',
      advice: 'Ugotovite, zakaj jih ta terminal ni poslal.',
    },
    'conflicting-record': {
      title: 'Dve različici enega zapisa',
      sentence: 'Zapis {record} je prispel znova z drugo vsebino; velja prvi prejeti.',
      advice: 'Terminal znova šteje od 1 ali pa je bil njegov dnevnik spremenjen.',
    },
  },
};
