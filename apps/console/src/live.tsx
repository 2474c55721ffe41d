/** What happens at the centre, as it happens: one stream for the whole console. It connects again by itself, and loses nothing meanwhile. */
import type { EventType, Totals } from '@retap/central';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';

type Hears = (data: Readonly<Record<string, unknown>>) => void;
type LiveType = EventType | 'totals';

export interface Live {
  readonly isConnected: boolean | null;
  readonly totals: Totals | null;
  /** When the last totals came, by this machine's clock; null before the first. */
  readonly updatedAt: number | null;
  readonly isPaused: boolean;
  pause(paused: boolean): void;
  listen(type: LiveType, hears: Hears): () => void;
}

const Context = createContext<Live | null>(null);
/** A browser gives up for good on an answer such as 503; we do not. */
const AGAIN_MS = 3_000;

const TYPES: readonly EventType[] = [
  ...(['alert.raised', 'alert.changed', 'alert.cured', 'alert.worked', 'batch.quarantined'] as const),
  ...(['terminal.invited', 'terminal.enrolled', 'terminal.key-replaced', 'terminal.renewed'] as const),
  ...(['terminal.suspended', 'terminal.resumed', 'terminal.revoked', 'terminal.seen-first'] as const),
  ...(['list.published', 'proposal.made', 'proposal.decided', 'person.changed'] as const),
];

export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [isConnected, setConnected] = useState<boolean | null>(null);
  const [shown, setShown] = useState<Pick<Live, 'totals' | 'updatedAt'>>({ totals: null, updatedAt: null });
  const [isPaused, pause] = useState(false);
  const listeners = useRef(new Map<LiveType, Set<Hears>>());
  const tell = useCallback((type: LiveType, data: Readonly<Record<string, unknown>>) => {
    for (const hears of listeners.current.get(type) ?? []) hears(data);
  }, []);

  useEffect(() => {
    // Paused, nothing moves on the screen; who goes on gets everything anew.
    if (isPaused) return;
    let events: EventSource | null = null;
    let again: ReturnType<typeof setTimeout> | undefined;
    const connect = () => {
      events = new EventSource('/events');
      events.addEventListener('open', () => setConnected(true));
      events.addEventListener('error', () => {
        setConnected(false);
        if (events?.readyState === EventSource.CLOSED) again = setTimeout(connect, AGAIN_MS);
      });
      events.addEventListener('totals', (event) => {
        const totals = JSON.parse((event as MessageEvent<string>).data) as Totals;
        setShown({ totals, updatedAt: Date.now() });
        tell('totals', totals as unknown as Readonly<Record<string, unknown>>);
      });
      for (const type of TYPES) {
        events.addEventListener(type, (event) => tell(type, JSON.parse((event as MessageEvent<string>).data)));
      }
    };
    connect();
    return () => {
      events?.close();
      clearTimeout(again);
    };
  }, [isPaused, tell]);

  const listen = useCallback((type: LiveType, hears: Hears) => {
    const heard = listeners.current.get(type) ?? new Set();
    listeners.current.set(type, heard.add(hears));
    return () => void heard.delete(hears);
  }, []);
  const live = useMemo(
    () => ({ isConnected, ...shown, isPaused, pause, listen }),
    [isConnected, shown, isPaused, listen],
  );
  return <Context value={live}>{children}</Context>;
}

export function useLiveState(): Live {
  const live = useContext(Context);
  if (live === null) throw new Error('asked what happens outside of the stream');
  return live;
}

/** Calls back on each event of these types. */
export function useLive(types: readonly LiveType[], hears: Hears): void {
  const { listen } = useLiveState();
  const latest = useRef(hears);
  latest.current = hears;
  const names = types.join(' ');
  useEffect(() => {
    const ends = (names.split(' ') as LiveType[]).map((type) => listen(type, (data) => latest.current(data)));
    return () => {
      for (const end of ends) end();
    };
  }, [listen, names]);
}

/** How many events of these types have come since it was last reset: for "3 new – show", so that no list moves under the cursor. */
export function useNews(types: readonly LiveType[]): readonly [count: number, seen: () => void] {
  const [count, setCount] = useState(0);
  useLive(types, () => setCount((before) => before + 1));
  return [count, useCallback(() => setCount(0), [])];
}
