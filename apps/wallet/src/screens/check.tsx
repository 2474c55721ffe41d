/** A ticket that somebody shows: whether it is good, now. That it was looked at is recorded. */
import type { InspectOutcome } from '@retap/phone';
import { useEffect, useState } from 'preact/hooks';
import { sayNo, sayYes } from '../edges/signal.ts';
import { Name } from '../parts/name.tsx';
import { Screen } from '../parts/screen.tsx';
import { useMoney, useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { Mark, No } from './answer.tsx';
import { takeWords } from './take-words.ts';
import { TicketTerms } from './ticket-terms.tsx';

export function Check({ message }: { readonly message: Uint8Array }) {
  const say = useSay(takeWords);
  const { moment } = useMoney();
  const { phone, way, settings } = useWallet();
  const { sound } = settings;
  const [found, setFound] = useState<InspectOutcome | null>(null);
  useEffect(() => {
    setFound(null);
    void phone.inspect(message).then((outcome) => {
      setFound(outcome);
      (outcome.outcome === 'valid' ? sayYes : sayNo)(sound);
    });
  }, [phone, message, sound]);
  if (found === null) return <Screen title={say('checking')} onBack={way.back} />;
  if (found.outcome === 'refused') return <No reason={found.reason} wanted="ticket" />;
  const { product, holder, seller, boughtAt, uses } = found;
  return (
    <Screen title={say('valid')} tone="yes">
      <Mark path="M14 34 28 48 52 18" />
      <p class="lead">
        <strong>{product.code}</strong>, <TicketTerms product={product} uses={uses} />
      </p>
      <dl>
        <dt>{say('holder')}</dt>
        <dd>
          <Name>{holder.name}</Name>
        </dd>
        <dt>{say('seller')}</dt>
        <dd>
          <Name>{seller.name}</Name>
        </dd>
        <dt>{say('boughtAt')}</dt>
        <dd>{moment(boughtAt)}</dd>
      </dl>
      <button type="button" class="main" onClick={() => way.go({ at: 'scan', wanted: 'ticket' }, 'instead')}>
        {say('next')}
      </button>
      <button type="button" onClick={() => way.go({ at: 'home' }, 'instead')}>
        {say('home')}
      </button>
    </Screen>
  );
}
