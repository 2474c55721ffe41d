/** What is shown first: nothing before it is known whether this phone has an account. */
import { Phone } from '@retap/phone';
import { useEffect, useState } from 'preact/hooks';
import { App } from './app.tsx';
import { hasEd25519 } from './edges/key.ts';
import { type Opened, openPorts } from './edges/open.ts';
import { keepFiles } from './edges/service-worker.ts';
import { Screen } from './parts/screen.tsx';
import { register } from './registering.ts';
import { Register, TooOld } from './screens/register.tsx';
import { catalogue } from './words/catalogue.ts';
import { useSay } from './words/language.tsx';

const words = catalogue({
  en: {
    newVersion: 'A newer version of the wallet is here. It is used from the next start on.',
    failed: 'The wallet cannot be opened',
    failedLead: 'The browser’s storage failed: {what}. Close all windows of the wallet and start it again.',
  },
  sl: {
    newVersion: 'Tu je novejša različica denarnice. Uporabljena bo ob naslednjem zagonu.',
    failed: 'Denarnice ni mogoče odpreti',
    failedLead: 'Pomnilnik brskalnika je odpovedal: {what}. Zaprite vsa okna denarnice in jo odprite znova.',
  },
});

type Started =
  | { readonly is: 'too-old' }
  | { readonly is: 'failed'; readonly what: string }
  | { readonly is: 'open'; readonly opened: Opened; readonly phone: Phone | null };

async function started(): Promise<Started> {
  if (!(await hasEd25519())) return { is: 'too-old' };
  try {
    const opened = await openPorts();
    return { is: 'open', opened, phone: await Phone.open(opened.options) };
  } catch (error) {
    return { is: 'failed', what: error instanceof Error ? error.message : String(error) };
  }
}

export function Start() {
  const say = useSay(words);
  const [start, setStart] = useState<Started | null>(null);
  const [hasNew, setHasNew] = useState(false);
  useEffect(() => {
    void started().then(setStart);
    void keepFiles(() => setHasNew(true));
  }, []);
  return (
    <>
      {start && <Shown start={start} onRegistered={(opened, phone) => setStart({ is: 'open', opened, phone })} />}
      <p class="notice" role="status">
        {hasNew && say('newVersion')}
      </p>
    </>
  );
}

interface ShownProps {
  readonly start: Started;
  onRegistered(opened: Opened, phone: Phone): void;
}

function Shown({ start, onRegistered }: ShownProps) {
  const say = useSay(words);
  if (start.is === 'too-old') return <TooOld />;
  if (start.is === 'failed') {
    return (
      <Screen title={say('failed')} tone="no">
        <p class="lead">{say('failedLead', { what: start.what })}</p>
      </Screen>
    );
  }
  const { opened, phone } = start;
  if (phone) return <App phone={phone} database={opened.database} />;
  return (
    <Register
      database={opened.database}
      register={(registrant) => register(opened.options, registrant)}
      onRegistered={(registered) => onRegistered(opened, registered)}
    />
  );
}
