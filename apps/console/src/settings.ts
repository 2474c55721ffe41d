/** What holds for the whole site: where its days begin, and how its money is written. */
import { useQuery } from '@tanstack/react-query';
import { askFor } from './ask.ts';

export interface SiteSettings {
  /** IANA name. */
  readonly timeZone: string;
  /** When a business day begins, `04:00`. */
  readonly dayStart: string;
  readonly currency: { readonly code: string; readonly digits: number };
}

const OTHERWISE: SiteSettings = { timeZone: 'UTC', dayStart: '00:00', currency: { code: 'EUR', digits: 2 } };

export function useSettings(): SiteSettings {
  const { data } = useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => askFor<SiteSettings>('settings', signal),
    staleTime: 60_000,
  });
  return data ?? OTHERWISE;
}
