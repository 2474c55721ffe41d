/** Every page, in the order of the navigation. */
import { page as alerts } from './alerts/page.ts';
import { page as approvals } from './approvals/page.ts';
import { page as audit } from './audit/page.ts';
import { page as lists } from './lists/page.ts';
import { page as medium } from './medium/page.ts';
import type { Page } from './page.ts';
import { page as people, personPage } from './people/page.ts';
import { page as siteSettings } from './site-settings/page.ts';
import { page as terminal } from './terminal/page.ts';
import { page as terminals } from './terminals/page.ts';
import { page as today } from './today/page.ts';

export const PAGES: readonly Page[] = [
  ...[today, alerts, terminals, terminal, medium],
  ...[lists, approvals, audit, people, personPage, siteSettings],
];
