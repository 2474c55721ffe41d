/** `retap start` (npm start): a centre, and a small seeded city that feeds it in fast-forward. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Central, openCentral, type Totals } from '@retap/central';
import { createLog, type Service, startService } from '@retap/central-service';
import type { Command } from 'commander';
import { type DatabaseOption, databaseNamed, databaseOption, isPostgres, shownDatabase } from './database.ts';
import { UsageError } from './failure.ts';
import { listenFault } from './listening.ts';
import { countFrom } from './options.ts';
import { type ExitStatus, type Shell, stopIfInterrupted, untilInterrupted } from './shell.ts';
import { Feeder } from './start/feeder.ts';
import { announcePhones, type PhoneCentre, startPhones } from './start/phones.ts';
import { CityPosition, foundCity } from './start/position.ts';
import { StatusLine } from './start/status-line.ts';
import { formatCounted } from './text.ts';

const DIRECTORY = 'retap-data/start';
const HOUR = 3_600_000;

interface StartOptions extends DatabaseOption {
  readonly port: number;
  readonly host: string;
  readonly days: number;
  readonly speed: number;
  readonly phones: boolean;
}

export function addStart(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  program
    .command('start')
    .description('run a centre and a small city that feeds it in fast-forward; goes on where it was stopped')
    .addOption(databaseOption(DIRECTORY))
    .option('--port <N>', 'port to listen on; 0 takes a free one', countFrom(0, 65_535), 8080)
    .option('--host <H>', 'address to listen on', '127.0.0.1')
    .option('--days <N>', 'days the city lives', countFrom(1, 3_650), 14)
    .option('--speed <N>', 'simulated hours a second', countFrom(1, 1_000), 2)
    .option('--no-phones', 'without the second centre, for phones, on the next port')
    .action(async (options: StartOptions) => end(await start(options, shell)));
}

async function start(options: StartOptions, shell: Shell): Promise<ExitStatus> {
  const named = databaseNamed(options, shell);
  const database = named ?? DIRECTORY;
  // Beside PostgreSQL too: where the city stands is no part of what the centre knows.
  const directory = isPostgres(database) ? DIRECTORY : database;
  await mkdir(directory, { recursive: true });
  shell.stdout.write(`Opening ${shownDatabase(database)} …\n`);
  const central = await openCentral({ database, now: shell.now });
  try {
    stopIfInterrupted(shell);
    const position = await CityPosition.read(path.join(directory, 'retap-city.json'), shownDatabase(database));
    await assertOurs(central, position, database);
    await live({ ...options, directory }, central, position, shell);
    return 0;
  } finally {
    await central.close();
  }
}

/** A database with records of its own must not be filled with a city's. */
async function assertOurs(central: Central, position: CityPosition, database: string): Promise<void> {
  const { batches } = await central.totals(position.time);
  if (batches > 0 && position.isNew && isPostgres(database)) {
    throw new UsageError(
      `${shownDatabase(database)}: it holds ${formatCounted(batches, 'batch', 'batches')} not of this city; name an empty database`,
    );
  }
  // An older or another database under the same name: what it lacks is sent again, what it has changes nothing.
  if (batches < position.batches) position.rewind();
}

async function live(
  options: StartOptions & { readonly directory: string },
  central: Central,
  position: CityPosition,
  shell: Shell,
): Promise<void> {
  const { port, host, days, speed, directory } = options;
  const log = createLog((line) => shell.stderr.write(line), shell.now);
  const feeder = new Feeder({ position, until: days, pace: speed * HOUR, shell });
  // The state is asked for at the city's time: by our own clock all its records would be late.
  const now = (): number => feeder.now;
  const quietly: typeof log = (level, event, fields) => {
    if (level !== 'info') log(level, event, fields);
  };
  let service: Service;
  try {
    service = await startService({ central, now, port, host, log: quietly });
  } catch (error) {
    throw listenFault(error, host, port);
  }
  let phones: PhoneCentre | null = null;
  const onTotals = ({ batches }: Totals): Promise<void> => position.save(batches);
  const status = new StatusLine(shell, { central, feeder, url: service.url, days, onTotals });
  try {
    // From now on a database that holds batches is known to hold this city's.
    await onTotals(await central.totals(now()));
    status.announce();
    if (options.phones) {
      phones = await startPhones({ directory, port: port === 0 ? 0 : port + 1, host }, shell, quietly);
      announcePhones(phones.wallet, shell);
    }
    await Promise.race([feed(feeder, service, status), untilInterrupted(shell)]);
    await untilInterrupted(shell);
  } finally {
    status.stop();
    await feeder.stop();
    await central.totals(now()).then(onTotals, () => {});
    await phones?.stop();
    await service.stop();
    shell.stdout.write(`\nStopped on ${feeder.moment}. The next start goes on from there.\n`);
  }
}

async function feed(feeder: Feeder, service: Service, status: StatusLine): Promise<void> {
  await feeder.feed(await foundCity(), `${service.url}/batches`);
  await status.finish();
}
