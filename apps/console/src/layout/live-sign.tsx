/** Whether what one sees is what is: live since when, paused, or without a connection. */
import { useEffect, useState } from 'react';
import { useLiveState } from '../live.tsx';
import { useForms } from '../words/forms.tsx';
import { useSay } from '../words/language.tsx';
import { WORDS } from './words.ts';

export function LiveSign() {
  const say = useSay(WORDS);
  const { duration } = useForms();
  const { isConnected, isPaused, pause, updatedAt } = useLiveState();
  const now = useNow(1_000);
  const state = isPaused ? 'paused' : isConnected === null ? 'connecting' : isConnected ? 'live' : 'disconnected';
  return (
    <div className="live">
      <span id="connection" className={state} role="status">
        {say(state)}
      </span>
      {updatedAt !== null && (
        <span className="quiet" id="updated">
          {say('updated', { ago: duration(Math.max(0, now - updatedAt)) })}
        </span>
      )}
      <button type="button" aria-pressed={isPaused} onClick={() => pause(!isPaused)}>
        {say(isPaused ? 'resume' : 'pause')}
      </button>
    </div>
  );
}

/** This machine's clock, read again after each period. */
function useNow(periodMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), periodMs);
    return () => clearInterval(timer);
  }, [periodMs]);
  return now;
}
