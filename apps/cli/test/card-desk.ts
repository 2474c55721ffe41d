/** `retap` in this process, in a folder of its own with key stores: what it printed, and how it ended. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { createSoftwareKeyStore, issuerContents } from '@retap/keys';
import { CommanderError } from 'commander';
import { afterAll } from 'vitest';
import { explain } from '../src/failure.ts';
import { createProgram } from '../src/program.ts';
import type { Shell } from '../src/shell.ts';

const PASSPHRASE = 'correct horse battery staple';
/** 2026-11-21T03:00:00Z */
export const START = 1_795_230_000_000;

export interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class CardDesk {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'retap-card-'));
  /** The clock of the next command. */
  now = START;

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  at(name: string): string {
    return path.join(this.folder, name);
  }

  /** Key stores `issuer.keys`, `gate.keys`, … and `other.keys`, of another issuer. */
  async makeKeys(): Promise<void> {
    const make = (name: string, contents: Parameters<typeof createSoftwareKeyStore>[2]) =>
      createSoftwareKeyStore(this.at(`${name}.keys`), PASSPHRASE, contents, randomBytes);
    const issuer = await make('issuer', issuerContents(randomBytes));
    for (const role of ['gate', 'refill', 'inspector', 'centre'] as const) {
      await make(role, issuer.exportFor(role, randomBytes));
    }
    await make('other', issuerContents(randomBytes));
  }

  /** Runs `retap card …`; names of files and directories are of the folder. */
  async card(text: string, passphrase = PASSPHRASE): Promise<Said> {
    const isPath = (word: string): boolean => /\.(card|keys)$|^(desk|gate|refill-desk)$/.test(word);
    const args = text.split(' ').map((word) => (isPath(word) ? this.at(word) : word));
    const said = { stdout: '', stderr: '' };
    const into = (name: 'stdout' | 'stderr') =>
      new Writable({
        decodeStrings: false,
        write(chunk, _encoding, done) {
          said[name] += chunk;
          done();
        },
      });
    const shell: Shell = {
      env: { RETAP_PASSPHRASE: passphrase },
      now: () => this.now,
      elapsed: () => performance.now(),
      stdin: Readable.from([]),
      stdout: into('stdout'),
      stderr: into('stderr'),
      interrupted: new AbortController().signal,
    };
    let status = 0;
    try {
      const program = await createProgram('card', shell, (ended) => {
        status = ended;
      });
      await program.parseAsync(['node', 'retap', 'card', ...args]);
    } catch (error) {
      status = 1;
      if (!(error instanceof CommanderError)) shell.stderr.write(explain(error, false));
    }
    const folder = `${this.folder}${path.sep}`;
    return { status, stdout: said.stdout.replaceAll(folder, ''), stderr: said.stderr.replaceAll(folder, '') };
  }
}
