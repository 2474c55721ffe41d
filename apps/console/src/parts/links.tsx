/** Ways to what is named: ordinary links, which also open in a new tab. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMay } from '../session.tsx';

/** A medium's number; a link where the reader may see media. */
export function MediumLink({ medium, children }: { readonly medium: string; readonly children?: ReactNode }) {
  const may = useMay();
  const text = children ?? <code>{medium}</code>;
  if (!may('see-media')) return text;
  return (
    <Link to="/media/$medium" params={{ medium } as never}>
      {text}
    </Link>
  );
}

export function TerminalLink({ terminal, children }: { readonly terminal: number; readonly children?: ReactNode }) {
  const may = useMay();
  if (!may('see-terminals')) return children ?? terminal;
  return (
    <Link to="/terminals/$terminal" params={{ terminal: String(terminal) } as never}>
      {children ?? terminal}
    </Link>
  );
}

interface Identity {
  readonly terminal: number;
  readonly serial: number;
}

/** `17-4711`. */
export const identityText = ({ terminal, serial }: Identity): string => `${terminal}-${serial}`;

export function RecordLink({ terminal, serial, children }: Identity & { readonly children?: ReactNode }) {
  const may = useMay();
  const text = children ?? <code>{identityText({ terminal, serial })}</code>;
  if (!may('see-media')) return text;
  return (
    <Link to="/records/$record" params={{ record: identityText({ terminal, serial }) } as never}>
      {text}
    </Link>
  );
}

/** By its receipt; a link where the reader works on what is wrong. */
export function BatchLink({ receipt }: { readonly receipt: number }) {
  const may = useMay();
  if (!may('see-alerts')) return receipt;
  return (
    <Link to="/batches/$receipt" params={{ receipt: String(receipt) } as never}>
      {receipt}
    </Link>
  );
}
