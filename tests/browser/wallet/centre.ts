/** A real centre for phones: PostgreSQL, the service, a clock that can be put forward; and the same as a process that can be killed. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { type Central, openCentral } from '@retap/central';
import { createIdentity, type Identity, verifySignature } from '@retap/keys';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { type Service, startService } from '../../../apps/central/src/index.ts';
import { sqlIn } from '../../../packages/central/test/database.ts';
import { type Running, startRetap } from '../../e2e/retap.ts';

const DAY_MS = 86_400_000;
const PASSPHRASE = 'of a test';
const REASON = { who: 'test', why: 'test' };

export class PhoneCentre {
  readonly #postgres: TestPostgres;
  readonly #identity: Identity;
  readonly #identityFile: string;
  readonly #port: number;
  readonly database: string;
  readonly origin: string;
  /** How much the centre's clock is ahead of this machine's, in milliseconds. */
  aheadMs = 0;
  #central: Central | null = null;
  #service: Service | null = null;
  #process: Running | null = null;

  private constructor(place: {
    readonly postgres: TestPostgres;
    readonly database: string;
    readonly identity: Identity;
    readonly identityFile: string;
    readonly port: number;
  }) {
    this.#postgres = place.postgres;
    this.#identity = place.identity;
    this.#identityFile = place.identityFile;
    this.#port = place.port;
    this.database = place.database;
    this.origin = `http://localhost:${place.port}`;
  }

  /** Anybody may register, and has what they wish to load. @param folder for its identity */
  static async start(folder: string): Promise<PhoneCentre> {
    const postgres = await startPostgres();
    const database = await postgres.createDatabase();
    const identityFile = path.join(folder, 'centre.identity');
    const identity = await createIdentity(identityFile, PASSPHRASE, randomBytes);
    const centre = new PhoneCentre({ postgres, database, identity, identityFile, port: await freePort() });
    await centre.up();
    await centre.central.phones.set({ preset: 'eu', admission: 'anybody', topUp: 'free' }, REASON);
    const settlement = { admission: 'enrolled', centre: identity.publicKey, licenceMs: 30 * DAY_MS } as const;
    await centre.central.registry.settle(settlement);
    return centre;
  }

  get central(): Central {
    if (this.#central === null) throw new Error('the centre is down');
    return this.#central;
  }

  readonly now = (): number => Date.now() + this.aheadMs;

  async up(): Promise<void> {
    const { now } = this;
    this.#central = await openCentral({ database: this.database, now, verifySignature });
    const phoneSocketLimits = { newsMs: 200 };
    this.#service = await startService({
      ...{ central: this.#central, now, port: this.#port, log: () => {}, checkAnswers: true, signer: this.#identity },
      phoneSocketLimits,
    });
  }

  /** Nobody is reached any more. */
  async down(): Promise<void> {
    await this.#service?.stop();
    await this.#central?.close();
    [this.#service, this.#central] = [null, null];
  }

  /** The same centre as `retap serve`, in place of the one in this process. */
  async upAsProcess(): Promise<void> {
    const where = ['--database', this.database, '--identity', this.#identityFile, '--port', String(this.#port)];
    this.#process = startRetap(['serve', ...where], { env: { RETAP_IDENTITY_PASSPHRASE: PASSPHRASE } });
    await this.#process.printed(/Retap centre on/);
  }

  /** As by a power cut. */
  async killProcess(): Promise<void> {
    await this.#process?.stop('SIGKILL');
    this.#process = null;
  }

  rows<Row extends Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    return sqlIn(this.database, text, values);
  }

  /** All that is received is reconciled and watched. */
  async settled(): Promise<void> {
    await this.central.drain();
    while ((await this.central.alertWork.watch(this.now())) !== null);
  }

  async stop(): Promise<void> {
    await this.killProcess();
    await this.down();
    this.#identity.close();
    await this.#postgres.stop();
  }
}

/** Free a moment ago: the centre comes back on the same one, whose pages the phones have. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
