/** A simulated city behind a real centre, with people who have signed in, and a browser for each of them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Central, openCentral, type Role } from '@retap/central';
import { startPostgres } from '@retap/testkit';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { sqlIn } from '../../../packages/central/test/database.ts';
import { ENROLLED, verifySignature } from '../../../packages/central/test/device.ts';
import { type Service, startService } from '../../central/src/index.ts';
import { signedIn } from '../../central/test/people/signed-in.ts';

const RETAP = path.join(import.meta.dirname, '../../cli/bin/retap.js');
const DAY_MS = 86_400_000;
/** Uploads received in one go: one by one takes a minute. */
const GROUP = 250;

export interface TestCity {
  readonly central: Central;
  readonly service: Service;
  /** Of the database, for what no port offers. */
  readonly database: string;
  /** Somebody's browser, signed in. */
  visit(name: string, roles: readonly Role[], options?: Parameters<Browser['newContext']>[0]): Promise<Page>;
  close(): Promise<void>;
}

export interface TestCityOptions {
  readonly media?: number;
  readonly terminals?: number;
  readonly days?: number;
  /** Terminals whose records never arrive. */
  readonly silent?: number;
  /** Nobody signs in, and nothing can be changed. */
  readonly isOpen?: boolean;
  /** Public key by which the centre signs; default: one of which nobody has the other half. */
  readonly centre?: Uint8Array;
}

/**
 * Days of a small city that end now, received and reconciled. What it received was not signed; from then on the centre is an enrolled one,
 * whose terminals are active.
 */
export async function openCity(options: TestCityOptions = {}): Promise<TestCity> {
  const postgres = await startPostgres();
  const database = await postgres.createDatabase();
  const central = await openCentral({ database, now: Date.now, verifySignature });
  await receiveCity(central, options);
  if (!options.isOpen) {
    await central.registry.settle({ ...ENROLLED, ...(options.centre && { centre: options.centre }) });
    await sqlIn(
      database,
      `insert into terminal (terminal, name, role, state, public_key, issued_at, expires_at)
       select distinct terminal, 'Line ' || terminal, case when terminal % 7 = 0 then 'refill' else 'gate' end,
         'active'::terminal_state, decode(lpad(to_hex(terminal), 64, '0'), 'hex'), ${Date.now() - DAY_MS}, ${Date.now() + 90 * DAY_MS}
       from (select terminal from journal_run union select missing_terminal from condition where missing_terminal is not null) t`,
    );
    await sqlIn(
      database,
      `insert into terminal_seen (terminal, seen_at) select terminal, ${Date.now()} - terminal * 1000 from journal_run
       group by terminal on conflict do nothing`,
    );
  }
  while ((await central.alertWork.watch(Date.now())) !== null);
  const service = await startService({ central, now: Date.now, port: 0, log: () => {}, checkAnswers: true });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  const contexts: BrowserContext[] = [];
  return {
    central,
    service,
    database,
    async visit(name, roles, more = {}) {
      const context = await browser.newContext({
        locale: 'en-GB',
        baseURL: service.origin,
        bypassCSP: true, // for axe, which a page's own policy keeps out
        viewport: { width: 1280, height: 900 },
        ...more,
      });
      contexts.push(context);
      if (!options.isOpen) {
        const visitor = await signedIn(central, service, name, ...roles);
        const [cookie = '', value = ''] = visitor.cookie.split('=');
        await context.addCookies([{ name: cookie, value, url: service.origin, httpOnly: true, sameSite: 'Strict' }]);
      }
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      return page;
    },
    async close() {
      for (const context of contexts) await context.close();
      await browser.close();
      await service.stop();
      await central.close();
      await postgres.stop();
    },
  };
}

/** As {@link openCity}, into a centre that is there. */
export async function receiveCity(central: Central, options: TestCityOptions): Promise<void> {
  const { media = 400, terminals = 21, days = 14, silent = 1 } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'retap-city-'));
  try {
    const start = new Date(Date.now() - (days + 1) * DAY_MS).toISOString().slice(0, 10);
    execFileSync(process.execPath, [
      ...[RETAP, 'simulate', '--output', folder, '--force', '--seed', '7', '--start', `${start}T00:00:00Z`],
      ...['--media', String(media), '--terminals', String(terminals), '--days', String(days)],
      ...['--silent', String(silent), '--clones', '2', '--forged', '2', '--torn-rate', '0.02'],
    ]);
    // What was cut off on the way a service refuses whole.
    const names = readdirSync(path.join(folder, 'batches')).filter((name) => !name.includes('-cut'));
    for (let from = 0; from < names.length; from += GROUP) {
      const bodies = names.slice(from, from + GROUP).map((name) => readFileSync(path.join(folder, 'batches', name)));
      await central.receive(bodies.map((body) => ({ form: 'batch', body })));
    }
    await central.drain();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Of a page as it stands, by axe; empty where there is nothing. */
export async function violationsOf(page: Page): Promise<unknown[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`)]);
}

/** Written where RETAP_SCREENSHOTS names a folder, to be looked at. */
export async function shoot(page: Page, name: string, fullPage = true): Promise<void> {
  const folder = process.env.RETAP_SCREENSHOTS;
  if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage });
}
