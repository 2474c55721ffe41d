/** Every version that was ever published. */
import { useAddress } from '../../address.ts';
import { questionOf } from '../../ask.ts';
import { Badge } from '../../parts/badge.tsx';
import { List } from '../../parts/list.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import type { ListKind, ListVersion } from './types.ts';
import { WORDS } from './words.ts';

interface VersionPage {
  readonly versions: readonly ListVersion[];
  readonly next: number | null;
}

const PAGE = 10;

export function Versions({ kind }: { readonly kind: ListKind }) {
  const say = useSay(WORDS);
  const query = usePages<VersionPage>(['lists', kind, 'versions'], (before) => {
    return `lists/${kind}/versions${questionOf({ before, limit: PAGE })}`;
  });
  return (
    <section className="card" aria-labelledby="list-versions">
      <h3 id="list-versions">{say('versions')}</h3>
      <Answered query={query}>
        {({ pages }) => {
          const versions = pages.flatMap((page) => page.versions);
          return (
            <>
              <Table versions={versions} />
              {versions.length > 0 && <More query={query} count={versions.length} />}
            </>
          );
        }}
      </Answered>
    </section>
  );
}

function Table({ versions }: { readonly versions: readonly ListVersion[] }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const { set } = useAddress();
  const compare = (from: number, to: number | null) => {
    set({ from: String(from), to: to === null ? null : String(to) });
    document.getElementById('list-difference')?.focus();
  };
  const now = Date.now();
  return (
    <List<ListVersion>
      caption={say('versionsCaption')}
      prefix="version-"
      rows={versions}
      rowKey={({ version }) => String(version)}
      empty={<Empty title={say('noVersions')}>{say('noVersionsLead')}</Empty>}
      columns={[
        { id: 'version', name: say('versionHead'), cell: ({ version }) => say('version', { version }) },
        { id: 'issued', name: say('issued'), cell: ({ issuedAt }) => forms.moment(issuedAt) },
        {
          ...{ id: 'expires', name: say('expires'), isHidden: true },
          cell: ({ expiresAt }) => (
            <>
              {forms.moment(expiresAt)} {expiresAt <= now && <Badge tone="quiet">{say('expired')}</Badge>}
            </>
          ),
        },
        { id: 'who', name: say('publisher'), cell: ({ who }) => who ?? '–' },
        { id: 'entries', name: say('entries'), isNumber: true, cell: ({ entries }) => forms.number(entries) },
        { id: 'bytes', name: say('size'), isNumber: true, isHidden: true, cell: ({ bytes }) => forms.number(bytes) },
        { id: 'held', name: say('held'), isNumber: true, cell: ({ terminals }) => forms.number(terminals) },
        {
          id: 'compare',
          name: say('compare'),
          cell: ({ version }) => (
            <>
              <button type="button" className="link" onClick={() => compare(version, null)}>
                {say('withWorking')}
                <span className="spoken"> ({say('version', { version })})</span>
              </button>
              {' · '}
              <button type="button" className="link" onClick={() => compare(version - 1, version)}>
                {say('withBefore')}
                <span className="spoken"> ({say('version', { version })})</span>
              </button>
            </>
          ),
        },
      ]}
    />
  );
}
