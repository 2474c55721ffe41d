/** Why the centre does not do something, as the pages say it in another language than the centre's own. */
import type {
  CaseRefusalCode,
  ListRefusal,
  PeopleRefusalCode,
  ProposalRefusal,
  RegistryRefusalCode,
  SiteRefusal,
} from '@retap/central';
import type { DenialCode } from '../api/caller.ts';

/** What somebody at a page can meet. */
export type PageRefusal =
  | CaseRefusalCode
  | DenialCode
  | ListRefusal['refusal']
  | PeopleRefusalCode
  | ProposalRefusal['refusal']
  | Extract<RegistryRefusalCode, `terminal-${string}`>
  | SiteRefusal['refusal']
  | 'group-unknown'
  | 'recovery-code-slip'
  | 'limits-malformed'
  | 'tariff-malformed'
  | 'rule-malformed'
  | 'dry-run-under-way'
  | 'version-unknown'
  | 'entry-unknown'
  | 'question-malformed'
  | 'attempts-exceeded'
  | 'rate-exceeded'
  | 'origin-foreign'
  | 'central-unavailable'
  | 'internal';

export const SLOVENE_REFUSALS: Readonly<Record<PageRefusal, string>> = {
  'sign-in-needed': 'najprej se prijavite',
  'sign-in-again': 'za to znova pokažite ključ za dostop',
  'not-allowed': 'vaše vloge tega ne dovolijo; prosite koga, ki sme',
  'token-not-allowed': 'to sme le oseba, ki se je prijavila, z žetonom ne gre',
  'centre-open': 'to središče je odprto in oseb ne pozna',
  'person-unknown': 'nikomur tukaj ni tako ime',
  'person-known': 'ta oseba že ima ključ za dostop',
  'person-disabled': 'ta oseba je izključena',
  'person-not-disabled': 'ta oseba ni izključena',
  'person-not-allowed': 'nobena vloga te osebe ne dovoli dela z opozorili',
  'last-administrator': 'nihče ne bi mogel več skrbeti za osebe: najprej naj postane skrbnik še kdo',
  'own-roles': 'lastnih vlog ne spremeni nihče; prosite drugega skrbnika',
  'entry-refused': 'ta povezava ali koda ne velja ali ne velja več; prosite skrbnika za novo',
  'recovery-code-slip': 'v kodi je napaka: preberite jo še enkrat',
  'sign-in-refused': 'ta ključ za dostop ni bil sprejet',
  'passkey-unknown': 'takega ključa za dostop ni',
  'passkey-known': 'ta ključ za dostop je že shranjen',
  'last-passkey': 'zadnji ključ za dostop ostane: najprej dodajte drugega',
  'session-unknown': 'te seje ni ali je ni več',
  'token-unknown': 'takega žetona za dostop ni',
  'roles-exceeded': 'žeton ne more imeti vloge, ki je njegov lastnik nima',
  'proposal-unknown': 'takega predloga ni',
  'proposal-decided': 'predlog je že odobren, zavrnjen ali umaknjen',
  'proposal-expired': 'predlog je starejši od sedmih dni; predlagajte znova',
  'own-proposal': 'predlog je vaš, odločiti mora nekdo drug; lahko ga umaknete',
  'not-own-proposal': 'predlog je od nekoga drugega; umakne ga lahko le ta',
  'denied-already': 'nosilec je že prepovedan',
  'not-denied': 'nosilec ni prepovedan',
  'list-full':
    'seznam je tako dolg, kot ga terminal še lahko hrani; počakajte, da bo kaj opravljeno, ali kaj odstranite',
  'limits-malformed': 'teh omejitev se terminal ne more držati: {message}',
  'tariff-malformed': 'cenik ni pravilen: {message}',
  'rule-malformed': 'tega pravila ni mogoče preizkusiti: {message}',
  'dry-run-under-way': 'en preizkus že teče; poskusite čez nekaj trenutkov',
  'version-unknown': 'take različice seznama ni',
  'entry-unknown': 'takega vnosa v revizijski sledi ni',
  'time-zone-unknown': 'zbirka podatkov ne pozna tega časovnega pasu; nič ni spremenjeno',
  'terminal-unknown': 'takega terminala ni',
  'terminal-suspended': 'terminal je začasno izključen',
  'terminal-revoked': 'terminal je za vedno izključen',
  'terminal-mismatch': 'terminal govori le zase',
  'terminal-was-active': 'številka terminala je že bila v rabi',
  'terminal-not-active': 'terminal ni ali ni več vključen',
  'terminal-not-suspended': 'terminal ni začasno izključen',
  'case-unknown': 'takega primera ni',
  'group-unknown': 'nobeno opozorilo iz tega vzroka ni odprto',
  'case-cured': 'primer je odpravljen: storiti ni treba ničesar, lahko ga komentirate',
  'case-resolved': 'primer je rešen; lahko ga komentirate',
  'case-not-new': 'nekdo ga je že vzel na znanje',
  'text-missing': 'zapišite z besedami: prazno besedilo nikomur nič ne pove',
  'question-malformed': 'tega središče ne razume: {message}',
  'attempts-exceeded': 'preveč neuspelih poskusov; poskusite čez nekaj minut',
  'rate-exceeded': 'preveč zahtev naenkrat; poskusite čez nekaj trenutkov',
  'origin-foreign': 'spremembe so mogoče le na naslovu središča: {message}',
  'central-unavailable': 'središče zdaj ne doseže svoje zbirke podatkov; poskusite pozneje',
  internal: 'napaka je v središču; več pove njegov dnevnik',
};
