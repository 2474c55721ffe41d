/** What took an alert away. */
import type { Cure } from '@retap/central';
import type { ReactNode } from 'react';
import { RecordLink } from '../../parts/links.tsx';
import { filled, useCentreWords } from '../../words/centre.ts';

export function CureWords({ cure }: { readonly cure: Cure }) {
  const { cures } = useCentreWords();
  const record = cure.by === 'record' ? <RecordLink terminal={cure.terminal} serial={cure.serial} /> : null;
  return <>{filled(cures[cure.by] ?? cure.by, { ...(cure as unknown as Record<string, ReactNode>), record })}</>;
}
