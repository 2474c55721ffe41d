/** The built `retap` as a process: what a user starts, with nothing of ours in between. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const BIN = fileURLToPath(new URL('../../apps/cli/bin/retap.js', import.meta.url));

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Processes that a failed test may have left behind. */
const running = new Set<ChildProcess>();
const folders: string[] = [];

/** A directory of its own, removed after the test file. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'retap-e2e-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return folder;
}

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function spawnRetap(args: readonly string[], { cwd, env }: Surroundings): ChildProcess {
  const { DATABASE_URL: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: cwd ?? folderOf(),
    env: { ...inherited, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

/** Runs a command to its end. */
export function retap(args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  const started = new Running(spawnRetap(args, surroundings));
  started.endInput(surroundings.stdin ?? '');
  return started.ended;
}

/** Starts a command that goes on until it is told to stop. */
export function startRetap(args: readonly string[], surroundings: Surroundings = {}): Running {
  const started = new Running(spawnRetap(args, surroundings));
  started.endInput('');
  return started;
}

export class Running {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #onOutput = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      for (const look of this.#onOutput) look();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => {
        resolve({ status, stdout: this.#stdout, stderr: this.#stderr });
        for (const look of this.#onOutput) look();
      });
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  endInput(text: string | Uint8Array): void {
    // A command that ends before it has read all is no fault of the test.
    this.#child.stdin?.on('error', () => {});
    this.#child.stdin?.end(text);
  }

  /** Reads no more of what it prints, as `| head` does. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
  }

  /** The first match in what it has printed so far, or will. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(this.#stdout);
        const isOver = this.#child.exitCode !== null || this.#child.signalCode !== null;
        if (!found && !isOver) return;
        this.#onOutput.delete(look);
        if (found) resolve(found);
        else reject(new Error(`it ended without printing ${pattern}:\n${this.#stdout}\n${this.#stderr}`));
      };
      this.#onOutput.add(look);
      look();
    });
  }

  /** The address that it prints when it listens. */
  async url(): Promise<string> {
    const [url] = await this.printed(/http:\/\/[\d.:]+\d/);
    return url;
  }

  /** Tells it something that need not end it. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    this.#child.kill(signal);
    return this.ended;
  }
}

/** @param token of `retap people token`, for an enrolled centre */
export async function ask(url: string, token?: string): Promise<Record<string, unknown>> {
  const answer = await fetch(url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()) as Record<string, unknown>;
}

/** Asks again until the answer is as wished; a test's time ends it otherwise. */
export async function until<Answer>(
  question: () => Promise<Answer>,
  wished: (answer: Answer) => boolean,
): Promise<Answer> {
  for (;;) {
    const answer = await question();
    if (wished(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
