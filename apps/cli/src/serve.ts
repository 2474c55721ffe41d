/** `retap serve`: the centre alone; takes batches, shows the page. */
import { mkdir } from 'node:fs/promises';
import { isIP } from 'node:net';
import { type Central, openCentral } from '@retap/central';
import {
  type CertificateFiles,
  createLog,
  LOG_LEVELS,
  type LogLevel,
  PROXY_HEADERS,
  type ProxyHeader,
  type ServiceOptions,
  startService,
} from '@retap/central-service';
import { type Identity, verifySignature } from '@retap/keys';
import { type Command, Option } from 'commander';
import { type CentreKeysOptions, centreKeysOptions, proofsOf } from './centre-keys.ts';
import {
  CENTRAL_DIRECTORY,
  type DatabaseOption,
  databaseNamed,
  databaseOption,
  isPostgres,
  shownDatabase,
} from './database.ts';
import { UsageError } from './failure.ts';
import { type IdentityOptions, identityPassphraseOption, openCentreIdentity } from './identity.ts';
import { listenFault } from './listening.ts';
import { countFrom, durationOption, parseOrigin, parseRanges } from './options.ts';
import { type ExitStatus, type Shell, untilInterrupted } from './shell.ts';
import { VERSION } from './version.ts';

/** Shorter than a terminal waits for an answer, 30 s, so that it is told why. A round of reconciliation makes nobody wait. */
const DEADLINES = { waitMs: 5_000, statementMs: 15_000, roundMs: 300_000 };
/** Beside one for each processor. */
const CONNECTIONS = 8;

interface ServeOptions extends DatabaseOption, CentreKeysOptions, IdentityOptions {
  readonly port: number;
  readonly host: string;
  readonly processors: number;
  readonly open?: boolean;
  readonly origin?: string;
  readonly webhooksToLoopback?: boolean;
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  readonly trustProxy?: readonly string[];
  readonly proxyHeader: ProxyHeader;
  readonly plainHttp?: boolean;
  readonly metricsPort?: number;
  readonly metricsHost: string;
  readonly publishEvery: number;
  readonly publishValid: number;
  readonly logLevel: LogLevel;
  readonly logRequests: 'all' | 'failures';
}

export function addServe(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const command = program
    .command('serve')
    .description('run the centre: takes batches by POST /batches, shows the page')
    .addOption(databaseOption(CENTRAL_DIRECTORY))
    .option('--port <N>', 'port to listen on; 0 takes a free one', countFrom(0, 65_535), 8080)
    .option('--host <H>', 'address to listen on', '127.0.0.1')
    .option('--identity <FILE>', "key pair of an enrolled centre, made by 'retap init'")
    .addOption(identityPassphraseOption())
    .addOption(
      new Option(
        '--origin <URL>',
        "where people reach it; default: as 'retap init' was told, else this machine",
      ).argParser(parseOrigin),
    )
    .option('--open', 'take unsigned batches on an address that others can reach, too')
    .option('--tls-certificate <FILE>', 'speak TLS: certificate and its chain, PEM; taken anew when the file changes')
    .option('--tls-key <FILE>', 'private key of --tls-certificate, PEM')
    .option('--trust-proxy <RANGES>', 'addresses of the proxies in front, as 10.0.0.0/8,127.0.0.1', parseRanges)
    .addOption(
      new Option('--proxy-header <NAME>', 'in which header they say who asked')
        .choices(PROXY_HEADERS)
        .default(PROXY_HEADERS[0]),
    )
    .option('--plain-http', 'listen without TLS on an address that others can reach')
    .option('--metrics-port <N>', 'serve /metrics on a port of its own; 0 takes a free one', countFrom(0, 65_535))
    .option('--metrics-host <H>', 'address for --metrics-port', '127.0.0.1')
    .addOption(new Option('--log-level <LEVEL>', 'least level of the log').choices(LOG_LEVELS).default('info'))
    .addOption(
      new Option('--log-requests <WHICH>', 'requests that get a line in the log')
        .choices(['all', 'failures'])
        .default('all'),
    )
    .addOption(
      durationOption('--publish-every <DURATION>', 'how often changed lists are published; 0s: only when told', '5m'),
    )
    .addOption(durationOption('--publish-valid <DURATION>', 'how long a published list is valid', '7d'))
    .option('--webhooks-to-loopback', 'for trying out: webhooks may lead to this machine, also by plain http')
    .option('--processors <N>', 'loops that reconcile side by side', countFrom(1, 64), 1)
    .action(async (options: ServeOptions) => end(await serve(options, shell)));
  for (const option of centreKeysOptions()) command.addOption(option);
}

async function serve(options: ServeOptions, shell: Shell): Promise<ExitStatus> {
  const { port, host, processors } = options;
  const tls = certificateFiles(options);
  const publishing = publishingOf(options);
  const database = databaseNamed(options, shell) ?? CENTRAL_DIRECTORY;
  const proofs = await proofsOf(options, shell); // first: a wrong passphrase leaves no empty database behind
  if (!isPostgres(database)) await mkdir(database, { recursive: true });
  const central = await openCentral({
    ...{ database, processors, now: shell.now, verifySignature, ...proofs },
    ...{ deadlines: DEADLINES, connections: CONNECTIONS + processors },
  });
  let signer: Identity | null = null;
  try {
    const log = createLog((line) => shell.stderr.write(line), shell.now, options.logLevel);
    signer = await signerOf(central, options, shell);
    const service = await startService({
      ...{ central, now: shell.now, port, host, processors, log, logRequests: options.logRequests },
      ...{ version: VERSION, ...(tls && { tls }) },
      ...(options.metricsPort !== undefined && { metrics: { port: options.metricsPort, host: options.metricsHost } }),
      webhooksToLoopback: options.webhooksToLoopback ?? false,
      ...(options.trustProxy && { proxies: { ranges: options.trustProxy, header: options.proxyHeader } }),
      ...(signer && { signer }),
      ...(options.origin !== undefined && { origin: options.origin }),
      publishing,
    }).catch((error) => {
      throw listenFault(error, host, port);
    });
    shell.stdout.write(`Retap centre on ${shownDatabase(database)}: ${service.url}\n`);
    if (service.metricsUrl) shell.stdout.write(`Metrics: ${service.metricsUrl}/metrics\n`);
    if (signer) {
      shell.stdout.write(`People sign in at ${service.origin}/sign-in.html\n`);
      shell.stdout.write(`Wallet for phones: ${service.origin}/wallet/\n`);
    }
    await untilInterrupted(shell);
    await service.stop();
    return 0;
  } finally {
    signer?.close();
    await central.close();
  }
}

/** @throws UsageError where a version would be expired before the next is made */
function publishingOf({ publishEvery: everyMs, publishValid: validMs }: ServeOptions): ServiceOptions['publishing'] {
  if (everyMs > 0 && everyMs < 1_000) throw new UsageError('--publish-every: at most once a second, or 0s for never');
  if (validMs < Math.max(60_000, 4 * everyMs)) {
    throw new UsageError('--publish-valid: at least a minute, and four times as long as --publish-every');
  }
  return { everyMs, validMs };
}

/**
 * By whom licences are signed; null where the centre is open.
 * @throws UsageError where strangers could reach a centre that believes whatever it is sent
 */
async function signerOf(central: Central, options: ServeOptions, shell: Shell): Promise<Identity | null> {
  const { host, identity, open } = options;
  const settlement = await central.registry.settlement();
  if (settlement?.centre) {
    assertPrivate(options);
    if (open) throw new UsageError('--open: this centre takes only what enrolled terminals have signed; leave it out');
    if (identity !== undefined) return openCentreIdentity(identity, settlement.centre, options, shell);
    throw new UsageError(
      "this centre enrols terminals: name its key pair, which 'retap init' made, by --identity FILE",
    );
  }
  if (identity !== undefined) {
    throw new UsageError("--identity: this centre is open and signs nothing; 'retap init' makes it an enrolled one");
  }
  if (settlement !== null) return null;
  if (!open && !isLoopback(host)) {
    throw new UsageError(
      `--host ${host}: whoever reaches it could send batches in any terminal's name. Run 'retap init' first, so that ` +
        'terminals sign them; or give --open, where nobody but your terminals can reach it',
    );
  }
  shell.stdout.write(
    "Warning: it believes whatever it is sent; 'retap init' has terminals sign it (docs/enrolment.md)\n",
  );
  return null;
}

/** @throws UsageError where only one of the two files is named */
function certificateFiles({ tlsCertificate, tlsKey }: ServeOptions): CertificateFiles | null {
  if (tlsCertificate === undefined && tlsKey === undefined) return null;
  if (tlsCertificate === undefined)
    throw new UsageError('--tls-key: name its certificate, too, by --tls-certificate FILE');
  if (tlsKey === undefined) throw new UsageError('--tls-certificate: name its private key, too, by --tls-key FILE');
  return { certificate: tlsCertificate, key: tlsKey };
}

/** @throws UsageError where what people and terminals send could be read on its way */
function assertPrivate({ host, tlsCertificate, trustProxy, plainHttp }: ServeOptions): void {
  if (isLoopback(host) || tlsCertificate !== undefined || trustProxy !== undefined || plainHttp) return;
  throw new UsageError(
    `--host ${host}: sessions and uploads would travel in the clear. Give --tls-certificate and --tls-key; or, behind a ` +
      'proxy that speaks TLS, --trust-proxy with its address; or --plain-http, where the network in between is your own',
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
