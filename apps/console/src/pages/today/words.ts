import { catalogue } from '../../words/catalogue.ts';

export const WORDS = catalogue({
  en: {
    title: 'Today',
    well: 'All is well',
    wellHint: 'Records arrive, nothing waits, nobody has to look at anything.',
    look: '{count, plural, one {One thing to look at} other {# things to look at}}',
    kiosk: 'Kiosk',
    leaveKiosk: 'Leave kiosk',
    tapsNow: 'Taps a minute',
    tapsNowHint: 'over the last five minutes; a week ago at this time {before}',
    tapsDay: '{count, plural, one {# tap} other {# taps}} in 24 hours',
    reading: 'Counting the last days …',
    doubtShare: 'In doubt',
    doubtShareHint: '{count, plural, one {# tap} other {# taps}} of the last 24 hours; {all} altogether',
    doubtMoney: 'Money in doubt',
    doubtMoneyHint: 'whichever way each of them goes',
    queue: 'Waits to be reconciled',
    queueNone: 'Nothing',
    queueHint: '{count, plural, one {# batch} other {# batches}}, the oldest for so long',
    silent: 'Terminals silent',
    silentHint: 'of {active}; not heard of for {time}',
    alerts: 'Open alerts',
    alertsHint: '{fresh} that nobody has seen',
    chart: 'Taps a minute, today and a week ago',
    chartToday: 'today',
    chartBefore: 'a week ago',
    chartTable: 'As a table, by the hour',
    hour: 'From',
    count: 'Taps',
    changed: 'Since you last looked',
    nothingChanged: 'Nothing has changed.',
    firstLook: 'From now on this place says what has changed while you were away.',
    looked: 'I have seen it',
    problemQueue: 'Records have waited for {time}: is a process reconciling?',
    problemSilent: '{count, plural, one {# terminal is silent} other {# terminals are silent}}',
    problemClock: '{count, plural, one {the clock of # terminal is off} other {the clocks of # terminals are off}}',
    problemLicence: '{count, plural, one {# licence has expired} other {# licences have expired}}',
    problemEnding: '{count, plural, one {# licence ends soon} other {# licences end soon}}',
    problemMissing: '{count, plural, one {# terminal owes records} other {# terminals owe records}}',
    problemAlerts: '{count, plural, one {# alert that nobody has seen} other {# alerts that nobody has seen}}',
    problemConnection: 'No connection to the centre: what you see is old.',
    newsRaised: '{count, plural, one {# alert raised} other {# alerts raised}}',
    newsCured: '{count, plural, one {# alert cured} other {# alerts cured}}',
    newsWorked: '{count, plural, one {# step on alerts} other {# steps on alerts}}',
    newsQuarantined:
      '{count, plural, one {# batch with quarantined records} other {# batches with quarantined records}}',
    newsTerminals: '{count, plural, one {# change of terminals} other {# changes of terminals}}',
    newsLists: '{count, plural, one {# list published} other {# lists published}}',
    newsProposals: '{count, plural, one {# proposal made or decided} other {# proposals made or decided}}',
    newsPeople: '{count, plural, one {# change of people} other {# changes of people}}',
  },
  sl: {
    title: 'Danes',
    well: 'Vse je v redu',
    wellHint: 'Zapisi prihajajo, nič ne čaka, nikomur ni treba ničesar pogledati.',
    look: '{count, plural, one {# stvar za pogledati} two {# stvari za pogledati} few {# stvari za pogledati} other {# stvari za pogledati}}',
    kiosk: 'Zaslon',
    leaveKiosk: 'Zapusti zaslon',
    tapsNow: 'Dotikov na minuto',
    tapsNowHint: 'v zadnjih petih minutah; pred tednom ob tem času {before}',
    tapsDay: '{count, plural, one {# dotik} two {# dotika} few {# dotiki} other {# dotikov}} v 24 urah',
    reading: 'Štejem zadnje dni …',
    doubtShare: 'V dvomu',
    doubtShareHint:
      '{count, plural, one {# dotik} two {# dotika} few {# dotiki} other {# dotikov}} v zadnjih 24 urah; skupaj {all}',
    doubtMoney: 'Denar v dvomu',
    doubtMoneyHint: 'kakor koli se izide',
    queue: 'Čaka na uskladitev',
    queueNone: 'Nič',
    queueHint:
      '{count, plural, one {# paket, toliko časa} two {# paketa, najstarejši toliko časa} few {# paketi, najstarejši toliko časa} other {# paketov, najstarejši toliko časa}}',
    silent: 'Molčeči terminali',
    silentHint: 'od {active}; brez glasu {time}',
    alerts: 'Odprta opozorila',
    alertsHint: '{fresh} jih ni videl še nihče',
    chart: 'Dotiki na minuto, danes in pred tednom',
    chartToday: 'danes',
    chartBefore: 'pred tednom',
    chartTable: 'Kot tabela, po urah',
    hour: 'Od',
    count: 'Dotiki',
    changed: 'Odkar ste nazadnje pogledali',
    nothingChanged: 'Nič se ni spremenilo.',
    firstLook: 'Odslej tukaj piše, kaj se je spremenilo, ko vas ni bilo.',
    looked: 'Videl sem',
    problemQueue: 'Zapisi čakajo že {time}: ali kateri proces usklajuje?',
    problemSilent:
      '{count, plural, one {# terminal molči} two {# terminala molčita} few {# terminali molčijo} other {# terminalov molči}}',
    problemClock:
      '{count, plural, one {ura # terminala ne gre prav} two {uri # terminalov ne gresta prav} few {ure # terminalov ne gredo prav} other {ure # terminalov ne gredo prav}}',
    problemLicence:
      '{count, plural, one {# licenca je potekla} two {# licenci sta potekli} few {# licence so potekle} other {# licenc je poteklo}}',
    problemEnding:
      '{count, plural, one {# licenca bo kmalu potekla} two {# licenci bosta kmalu potekli} few {# licence bodo kmalu potekle} other {# licenc bo kmalu poteklo}}',
    problemMissing:
      '{count, plural, one {# terminal dolguje zapise} two {# terminala dolgujeta zapise} few {# terminali dolgujejo zapise} other {# terminalov dolguje zapise}}',
    problemAlerts:
      '{count, plural, one {# opozorilo, ki ga ni videl še nihče} two {# opozorili, ki ju ni videl še nihče} few {# opozorila, ki jih ni videl še nihče} other {# opozoril, ki jih ni videl še nihče}}',
    problemConnection: 'Ni povezave s središčem: kar vidite, je staro.',
    newsRaised:
      '{count, plural, one {# novo opozorilo} two {# novi opozorili} few {# nova opozorila} other {# novih opozoril}}',
    newsCured:
      '{count, plural, one {# opozorilo se je odpravilo} two {# opozorili sta se odpravili} few {# opozorila so se odpravila} other {# opozoril se je odpravilo}}',
    newsWorked:
      '{count, plural, one {# korak pri opozorilih} two {# koraka pri opozorilih} few {# koraki pri opozorilih} other {# korakov pri opozorilih}}',
    newsQuarantined:
      '{count, plural, one {# paket z zapisi v karanteni} two {# paketa z zapisi v karanteni} few {# paketi z zapisi v karanteni} other {# paketov z zapisi v karanteni}}',
    newsTerminals:
      '{count, plural, one {# sprememba terminalov} two {# spremembi terminalov} few {# spremembe terminalov} other {# sprememb terminalov}}',
    newsLists:
      '{count, plural, one {# objavljen seznam} two {# objavljena seznama} few {# objavljeni seznami} other {# objavljenih seznamov}}',
    newsProposals:
      '{count, plural, one {# predlog dan ali odločen} two {# predloga dana ali odločena} few {# predlogi dani ali odločeni} other {# predlogov danih ali odločenih}}',
    newsPeople:
      '{count, plural, one {# sprememba ljudi} two {# spremembi ljudi} few {# spremembe ljudi} other {# sprememb ljudi}}',
  },
});
