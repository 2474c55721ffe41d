/** What another record says of one (spec, definitions 2 and 4). */
import { catalogue } from '../words/catalogue.ts';

export const EVIDENCE_WORDS = catalogue({
  en: {
    'read-by': 'read it from the medium: it did commit',
    'named-by-log': 'brought the medium’s own log, which names it: it did commit',
    'refuted-by-commit': 'read the same as it did, and committed: so it did not',
    'refuted-by-serial': 'read the same once more at the same terminal: it had not committed',
    'refuted-by-time': 'saw the medium afterwards as it was before: it did not commit',
    'refuted-by-log': 'brought the medium’s own log, which goes around it and does not name it: it did not commit',
  },
  sl: {
    'read-by': 'ga je prebral z nosilca: potrjen je',
    'named-by-log': 'je prinesel dnevnik nosilca, ki ga navaja: potrjen je',
    'refuted-by-commit': 'je prebral isto kot on in potrdil: on torej ni',
    'refuted-by-serial': 'je na istem terminalu znova prebral isto: ni bil potrjen',
    'refuted-by-time': 'je nosilec pozneje videl tak, kot je bil prej: ni bil potrjen',
    'refuted-by-log': 'je prinesel dnevnik nosilca, ki gre okrog njega in ga ne navaja: ni bil potrjen',
  },
});
