/** Metrics as text, read by a reader that shares nothing with who wrote them. */
import { readdirSync, readFileSync } from 'node:fs';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function samplesOf(text: string, name: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, found, inside = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (found !== name) return [];
    const labels = [...inside.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, of]) => [label, of] as const);
    return [{ labels: Object.fromEntries(labels), value: Number(value) }];
  });
}

/** Names of metric families that a text speaks of: without what counters and histograms add to them. */
export function namesIn(text: string): Set<string> {
  const names = [...text.matchAll(/\b(retap|process|nodejs)_[a-z][a-z0-9_]*\b/g)].map(([name]) => name);
  return new Set(names.map(familyOf));
}

const familyOf = (name: string): string => name.replace(/_(total|bucket|sum|count)$/, '');

/** Labels of each of our metrics, as the table of a page describes them: `| names | labels | what |`. */
export function labelsIn(page: string): Map<string, string[]> {
  const rows = [...page.matchAll(/^\| (`retap_[^|]*) \| ([^|]*)\|/gm)];
  return new Map(
    rows.flatMap(([, names = '', labels = '']) => {
      const words = labels.match(/\w+/g) ?? [];
      return [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => [familyOf(name), words] as const);
    }),
  );
}

/** What queries pick of our metrics by, but for what Prometheus itself or the dashboard's reader gives. */
export function selectorsIn(text: string): { metric: string; label: string; values: string[] }[] {
  return [...text.replaceAll('\\"', '"').matchAll(/\b(retap_\w+)\{([^}]*)\}/g)].flatMap(([, name = '', inside = '']) =>
    [...inside.matchAll(/(\w+)(?:=~?|!=|!~)"([^"]*)"/g)]
      .filter(([, label]) => label !== 'instance' && label !== 'job')
      .map(([, label = '', values = '']) => ({
        ...{ metric: familyOf(name), label },
        values: label === 'status' ? [] : values.split('|'), // 5..
      })),
  );
}

/** All TypeScript below the folders, as one text. */
export function readSources(folders: readonly string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(new URL(`../../../../${folder}`, import.meta.url), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readText(`${folder}/${file}`)),
    )
    .join('\n');
}

export function readText(file: string): string {
  return readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8');
}
