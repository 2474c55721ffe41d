/** A page of the console, as the navigation and the router know it. */
import type { Capability } from '@retap/central';
import type { ComponentType } from 'react';
import type { Catalogue } from '../words/catalogue.ts';

export interface Page {
  /** As the router writes it: `/terminals/$terminal`. */
  readonly path: string;
  /** What the reader must be allowed, to see it at all. */
  readonly access: Capability;
  /** Its title, by the name `title` in these words. */
  readonly words: Catalogue<'title'>;
  /** Loaded when it is first gone to. */
  readonly load: () => Promise<{ readonly default: ComponentType }>;
  /** In the navigation, in this group; left out: reached by links only. */
  readonly group?: 'watch' | 'look' | 'steer' | 'govern';
  /** After `g`: goes there. */
  readonly key?: string;
}
