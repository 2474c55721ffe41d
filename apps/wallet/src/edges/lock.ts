/** One piece of work at a time over all tabs of the phone, and word of a change to the others. */
const LOCK = 'retap-wallet';
const CHANNEL = 'retap-wallet';

/** Waits for whoever has the lock. A tab that is closed or killed gives it back. */
export function locked<Result>(work: () => Promise<Result>): Promise<Result> {
  return navigator.locks.request(LOCK, work) as Promise<Result>;
}

export interface OtherTabs {
  /** Tells them that something was written. */
  tell(): void;
  /** @returns stops it */
  listen(listener: () => void): () => void;
  close(): void;
}

export function otherTabs(): OtherTabs {
  const channel = new BroadcastChannel(CHANNEL);
  return {
    tell: () => channel.postMessage('changed'),
    listen(listener) {
      channel.addEventListener('message', listener);
      return () => channel.removeEventListener('message', listener);
    },
    close: () => channel.close(),
  };
}
