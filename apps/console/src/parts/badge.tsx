/** A word with a shape and a colour: who cannot tell the colours reads the shape. */
import type { ReactNode } from 'react';

export type Tone = 'good' | 'wrong' | 'doubt' | 'quiet' | 'plain';

const SHAPES: Readonly<Record<Tone, string>> = { good: '●', wrong: '▲', doubt: '◆', quiet: '○', plain: '■' };

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={`badge ${tone}`}>
      <span aria-hidden="true">{SHAPES[tone]} </span>
      {children}
    </span>
  );
}
