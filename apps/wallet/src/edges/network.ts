/** What the browser knows of its network. */
export type NetworkCost = 'free' | 'metered' | 'unknown';

interface Connection extends EventTarget {
  readonly type?: string;
  readonly saveData?: boolean;
}

export const isOnline = (): boolean => navigator.onLine;

/** Not every browser tells; a phone's own network is taken to cost by the byte. */
export function networkCost(): NetworkCost {
  const { connection } = navigator as { connection?: Connection };
  if (connection?.saveData || connection?.type === 'cellular') return 'metered';
  if (connection?.type === 'wifi' || connection?.type === 'ethernet') return 'free';
  return 'unknown';
}
