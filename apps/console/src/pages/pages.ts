/** Every page, in the order of the navigation. */
import { page as medium } from './medium/page.ts';
import type { Page } from './page.ts';
import { page as today } from './today/page.ts';

export const PAGES: readonly Page[] = [today, medium];
