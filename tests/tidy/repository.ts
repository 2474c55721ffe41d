/** The repository as files, for tests about the repository itself. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What .gitignore names, and git's own: not walked with git itself, since a source archive has none. */
const IGNORED = /^(\.git|node_modules|dist|coverage|retap-data|.*\.tsbuildinfo)$/;

/** All files below `folder`, by path from the root with `/`, in code point order. */
export function filesBelow(folder = '.'): string[] {
  const entries = readdirSync(path.join(ROOT, folder), { withFileTypes: true });
  const paths = entries.flatMap((entry) => {
    if (IGNORED.test(entry.name)) return [];
    const name = path.posix.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(name) : [name];
  });
  return paths.sort();
}

export function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

export interface Workspace {
  /** `packages/model` */
  readonly folder: string;
  /** `@retap/model` */
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The root and every workspace, as their package.json files say. */
export function workspaces(): Workspace[] {
  const manifests = filesBelow().filter((file) => /^((packages|apps)\/[^/]+\/)?package\.json$/.test(file));
  return manifests.map((file) => {
    const { name, dependencies = {}, optionalDependencies = {}, devDependencies = {} } = JSON.parse(read(file));
    return { folder: path.posix.dirname(file), name, dependencies, optionalDependencies, devDependencies };
  });
}

/** Source files of packages and apps: what is shipped. */
export function sources(): string[] {
  return filesBelow().filter((file) => /^(packages|apps)\/[^/]+\/src\/.*\.tsx?$/.test(file));
}

/** `file:line text` of every line of the file that matches: a finding one can click on. */
export function linesMatching(file: string, pattern: RegExp): string[] {
  return read(file)
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : []));
}

/** The code of a line without strings' and comments' words would need a parser; this leaves out whole-line comments. */
export function codeLinesMatching(file: string, pattern: RegExp): string[] {
  return linesMatching(file, pattern).filter((finding) => !/:\d+ (\/\/|\/?\*)/.test(finding));
}
