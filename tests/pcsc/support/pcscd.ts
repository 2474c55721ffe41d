/**
 * A pcscd of a test's own, with two virtual readers of vsmartcard-vpcd: its socket, ports and files belong to this run, so
 * that any number run side by side, beside the machine's own too.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PROGRAM = '/usr/sbin/pcscd';
const DRIVER = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
const PRELOAD = fileURLToPath(new URL('pcscd-preload.c', import.meta.url));

/** vpcd makes two readers of one driver file, on ports that follow each other. */
const SLOTS = 2;
const START_ATTEMPTS = 5;
const START_MS = 10_000;

interface VirtualReader {
  /** As PC/SC lists it. */
  readonly name: string;
  /** Where a card is plugged in. */
  readonly port: number;
}

export interface Pcscd {
  readonly readers: readonly [VirtualReader, VirtualReader];
  /** Of this pcscd, for `openReader`. */
  readonly socket: string;
  /** For other programs of PC/SC. */
  readonly env: NodeJS.ProcessEnv;
  /** As a crash would: kill −9. */
  kill9(): Promise<void>;
  /** Starts it again with the same readers. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface PcscdOptions {
  /** Leave the delays of the driver and of pcscd as they are, to measure them. */
  readonly slow?: boolean;
}

export async function startPcscd(options: PcscdOptions = {}): Promise<Pcscd> {
  for (const file of [PROGRAM, DRIVER]) {
    if (!existsSync(file))
      throw new Error(`${file} is missing: apt-get install pcscd vsmartcard-vpcd, or npm test as root`);
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'retap-pcscd-'));
  const preload = path.join(folder, 'preload.so');
  await run('cc', ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', '-o', preload, PRELOAD]);
  const daemon = new Daemon(folder, preload, options);
  try {
    await daemon.start();
  } catch (error) {
    await daemon.stop();
    throw error;
  }
  return daemon;
}

class Daemon implements Pcscd {
  readonly #folder: string;
  readonly #preload: string;
  readonly #options: PcscdOptions;
  #port = 0;
  #process: ChildProcess | null = null;

  constructor(folder: string, preload: string, options: PcscdOptions) {
    this.#folder = folder;
    this.#preload = preload;
    this.#options = options;
  }

  get socket(): string {
    return path.join(this.#folder, 'pcscd.comm');
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, PCSCLITE_CSOCK_NAME: this.socket };
  }

  get readers(): readonly [VirtualReader, VirtualReader] {
    return [
      { name: 'Retap Gate 00 00', port: this.#port },
      { name: 'Retap Gate 00 01', port: this.#port + 1 },
    ];
  }

  async start(): Promise<void> {
    let why = '';
    for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
      this.#port = await freePorts();
      // Another may take a port between the search and the start.
      const fault = await this.#spawn();
      if (fault === null) return;
      why = fault;
      await this.kill9();
    }
    throw new Error(`pcscd did not start: ${why}`);
  }

  async restart(): Promise<void> {
    const fault = await this.#spawn();
    if (fault !== null) throw new Error(`pcscd did not start again: ${fault}`);
  }

  async kill9(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill9();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** @returns what it said last where it did not come up with both readers, else null */
  async #spawn(): Promise<string | null> {
    rmSync(this.socket, { force: true });
    const configuration = path.join(this.#folder, 'reader.conf.d');
    mkdirSync(configuration, { recursive: true });
    writeFileSync(path.join(configuration, 'gate'), readerConfiguration(this.#port));
    const env = {
      ...process.env,
      LD_PRELOAD: this.#preload,
      RETAP_PCSCD_SOCKET: this.socket,
      ...(this.#options.slow ? { RETAP_PCSCD_SLOW: '1' } : {}),
    };
    const child = spawn(PROGRAM, ['--foreground', '--debug', '--config', configuration], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = child;
    return await isReady(child);
  }
}

function readerConfiguration(port: number): string {
  const channel = `0x${port.toString(16).toUpperCase()}`;
  return [
    'FRIENDLYNAME "Retap Gate"',
    `DEVICENAME /dev/null:${channel}`,
    `LIBPATH ${DRIVER}`,
    `CHANNELID ${channel}`,
    '',
  ].join('\n');
}

/** Reads what pcscd says for as long as it runs: a full pipe would stop it. */
function isReady(child: ChildProcess): Promise<string | null> {
  const lines: string[] = [];
  let slots = 0;
  return new Promise((resolve) => {
    const fail = (): void => resolve(lines.slice(-8).join('\n'));
    const timer = setTimeout(fail, START_MS);
    timer.unref();
    child.once('error', (error) => resolve(error.message));
    child.once('exit', fail);
    createInterface({ input: child.stdout! }).on('line', (line) => {
      lines.push(line);
      if (lines.length > 50) lines.shift();
      if (line.includes('Waiting for virtual ICC')) slots += 1;
      if (!line.includes('daemon ready')) return;
      clearTimeout(timer);
      if (slots === SLOTS) resolve(null);
      else fail();
    });
  });
}

/** @returns the first of as many free ports in a row as there are slots */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = await listenOn(0);
    if (first === null) continue;
    const { port } = first.address() as AddressInfo;
    const second = await listenOn(port + 1);
    for (const server of [first, second]) server?.close();
    if (second !== null) return port;
  }
}

function listenOn(port: number): Promise<Server | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
