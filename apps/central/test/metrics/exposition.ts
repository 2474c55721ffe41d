/** Metrics as text, read by a reader that shares nothing with who wrote them. */
import { readFileSync } from 'node:fs';

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
  return new Set(names.map((name) => name.replace(/_(total|bucket|sum|count)$/, '')));
}

export function readText(file: string): string {
  return readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8');
}
