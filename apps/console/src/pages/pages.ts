/** Every page, in the order of the navigation. */
import { page as alerts } from './alerts/page.ts';
import { page as approvals } from './approvals/page.ts';
import { page as audit } from './audit/page.ts';
import { page as batch } from './batch/page.ts';
import { page as batches } from './batches/page.ts';
import { page as lists } from './lists/page.ts';
import { page as medium } from './medium/page.ts';
import type { Page } from './page.ts';
import { page as people, personPage } from './people/page.ts';
import { page as record } from './record/page.ts';
import { page as reports } from './reports/page.ts';
import { page as search } from './search/page.ts';
import { page as siteSettings } from './site-settings/page.ts';
import { page as terminal } from './terminal/page.ts';
import { page as terminals } from './terminals/page.ts';
import { page as today } from './today/page.ts';
import { page as unverified } from './unverified/page.ts';

export const PAGES: readonly Page[] = [
  ...[today, alerts, unverified, terminals, terminal, search, batches, reports, medium, record, batch],
  ...[lists, approvals, audit, people, personPage, siteSettings],
];
