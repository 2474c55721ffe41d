/** The open request on the screen; what comes back is scanned. When the payment arrives by another way, yes is said once. */
import { encodeMessage } from '@retap/protocol';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { sayYes } from '../edges/signal.ts';
import { Name } from '../parts/name.tsx';
import { Passing, QrCode } from '../parts/qr-code.tsx';
import { Screen } from '../parts/screen.tsx';
import { useMoney, useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { takeWords } from './take-words.ts';

export function Asked() {
  const say = useSay(takeWords);
  const { money } = useMoney();
  const { phone, view, way, settings } = useWallet();
  const { sound } = settings;
  const { openRequest, certificate } = view.document;
  const [now, setNow] = useState(Date.now);
  const [asked] = useState(openRequest?.request.number);
  const paid = view.items.find((item) => asked !== undefined && item.requestNumber === asked && item.amount > 0);
  const { go } = way;
  useEffect(() => {
    if (paid) {
      sayYes(sound);
      go({ at: 'yes', id: paid.id, isNew: true }, 'instead');
    }
    if (!paid && openRequest === null) go({ at: 'home' }, 'instead');
  }, [paid, openRequest, go, sound]);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const message = useMemo(
    () => openRequest && encodeMessage({ kind: 'request', request: openRequest.bytes, certificate }),
    [openRequest, certificate],
  );
  if (openRequest === null || message === null) return null;
  const { amount, note, validUntil } = openRequest.request;
  const isOver = validUntil <= now;
  const withdraw = async () => {
    await phone.withdraw();
    go({ at: 'home' }, 'instead');
  };
  return (
    <Screen title={say('asked', { amount: money(amount) })} onBack={way.back}>
      {note !== '' && (
        <p class="lead">
          <Name>{note}</Name>
        </p>
      )}
      {isOver ? (
        <p class="fault" role="alert">
          {say('over')}
        </p>
      ) : (
        <>
          <QrCode message={message} />
          <p class="lead">{say('askedLead')}</p>
          <button type="button" class="main" onClick={() => go({ at: 'scan', wanted: 'payment' })}>
            {say('scanPayment')}
          </button>
          <button type="button" onClick={() => go({ at: 'scan', wanted: 'payment', paste: true })}>
            {say('paste')}
          </button>
        </>
      )}
      {!isOver && <Passing message={message} />}
      <button type="button" class="quiet" onClick={() => void withdraw()}>
        {say('withdraw')}
      </button>
    </Screen>
  );
}
