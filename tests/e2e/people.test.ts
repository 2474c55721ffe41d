/** From `retap init` to a recovered person with real processes; and no secret of it in what the centre logs or keeps. */
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Visitor } from '../../apps/central/test/people/signed-in.ts';
import { ask, folderOf, type Running, retap, startRetap } from './retap.ts';

let postgres: TestPostgres;
let centre: Running;
let cwd: string;
let env: Record<string, string>;

async function run(text: string): Promise<string> {
  const { status, stdout, stderr } = await retap(text.split(' '), { cwd, env });
  expect([status, stderr], text).toEqual([0, '']);
  return stdout;
}
const matched = (text: string, pattern: RegExp): string =>
  pattern.exec(text)?.[1] ?? expect.fail(`${pattern}: ${text}`);

beforeAll(async () => {
  postgres = await startPostgres();
  cwd = folderOf();
  env = { DATABASE_URL: await postgres.createDatabase(), RETAP_IDENTITY_PASSPHRASE: 'one for the centre alone' };
});
afterAll(async () => {
  await centre?.stop();
  await postgres?.stop();
});

test('the first administrator comes in by the link, and back by a code; nothing secret is logged', async () => {
  const link = matched(await run('init --identity centre.identity --administrator ana'), /#link=(\S+)/);
  centre = startRetap(['serve', '--port', '0', '--identity', 'centre.identity'], { cwd, env });
  const url = await centre.url();
  const [, origin = ''] = await centre.printed(/^People sign in at (\S+)\/sign-in\.html$/m);
  const ana = new Visitor({ url, origin });
  expect((await ana.register({ link })).status).toBe(200);
  expect((await ana.signIn()).body).toMatchObject({ name: 'ana', roles: ['administrator'] });
  expect((await ana.ask('GET', '/totals')).status).toBe(200);
  const session = ana.cookie;

  const invitation = await ana.ask('POST', '/people', { name: 'ben', roles: ['clerk'], why: 'new at the desk' });
  const second = matched(invitation.body.link, /#link=(\S+)/);
  expect(await run('people list')).toMatch(/^ben +invited .*clerk$/m);

  const code = matched(await run('people recover --name ana --why lost'), /^code +(\S+)$/m);
  const again = new Visitor({ url, origin });
  expect((await again.register({ name: 'ben', code })).status).toBe(403);
  expect((await again.register({ name: 'ana', code })).status).toBe(200);
  expect((await ana.ask('GET', '/totals')).status).toBe(401);
  expect((await again.signIn()).status).toBe(200);

  const token = matched(await run('people token --name metrics --role auditor'), /^token +(\S+)$/m);
  expect(await ask(`${url}/totals`, token)).toMatchObject({ records: 0 });
  await run('people tokens --revoke 1');
  expect(await ask(`${url}/totals`, token)).toMatchObject({ code: 'sign-in-needed' });
  const last = await retap(['people', 'disable', '--name', 'ana', '--why', 'x'], { cwd, env });
  expect([last.status, last.stderr]).toEqual([1, expect.stringContaining('the last administrator')]);

  const { stdout, stderr } = await centre.stop();
  const audit = await run('audit export');
  expect(stderr).toContain('/registrations');
  expect(audit).toContain('person.recovered');
  const secrets = [link, second, code, token, session.split('=')[1], again.cookie.split('=')[1]];
  for (const secret of secrets) {
    expect(secret?.length).toBeGreaterThan(20);
    for (const kept of [stdout, stderr, audit]) expect(kept).not.toContain(secret);
  }
});
