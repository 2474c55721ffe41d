import { CASE_STATES, INTEGRITY_ALERT_KINDS, PROOF_ALERT_KINDS, PROPOSAL_KINDS, ROLES } from '@retap/central';
import { ALERT_KINDS } from '@retap/model';
import { describe, expect, test } from 'vitest';
import { ENGLISH } from '../src/words/english.ts';
import { SLOVENE } from '../src/words/slovene.ts';

const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

test('Slovene has one word for a medium, and one for the centre', () => {
  expect(JSON.stringify(SLOVENE)).not.toMatch(/medij|\bcent(er|r[aou])\b/i);
});

test('a refusal in Slovene begins as what follows a colon, and ends without a stop', () => {
  for (const text of Object.values(SLOVENE.refusals)) expect(text).toMatch(/^\p{Ll}.*[^.]$/u);
});

describe.each([
  ['Slovene', SLOVENE],
  ['English', ENGLISH],
])('%s', (_name, words) => {
  test('has words for every alert kind, and no other', () => {
    expect(Object.keys(words.alerts).sort()).toEqual([...ALERT_KINDS].sort());
    expect(Object.keys(words.proofs).sort()).toEqual([...PROOF_ALERT_KINDS].sort());
    expect(Object.keys(words.integrity)).toEqual([...INTEGRITY_ALERT_KINDS]);
    expect(Object.keys(words.proposals)).toEqual([...PROPOSAL_KINDS]);
    const all = [words.alerts, words.proofs, words.integrity].flatMap((kinds) => Object.values(kinds));
    for (const { title, sentence, advice } of all) {
      expect(title).not.toMatch(/[.{]/);
      expect(sentence).toMatch(/\.$/);
      expect(advice).toMatch(/\.$/);
    }
  });

  test('puts the same values into its sentences as the other language', () => {
    for (const kind of ALERT_KINDS) {
      expect(placeholders(words.alerts[kind].sentence)).toEqual(placeholders(ENGLISH.alerts[kind].sentence));
    }
    for (const kind of PROOF_ALERT_KINDS) {
      expect(placeholders(words.proofs[kind].sentence)).toEqual(placeholders(ENGLISH.proofs[kind].sentence));
    }
    for (const kind of INTEGRITY_ALERT_KINDS) {
      expect(placeholders(words.integrity[kind].sentence)).toEqual(placeholders(ENGLISH.integrity[kind].sentence));
    }
    for (const [word, text] of Object.entries(words.people)) {
      expect(placeholders(text)).toEqual(placeholders(ENGLISH.people[word as keyof typeof ENGLISH.people]));
    }
    expect(Object.keys(words.roles)).toEqual([...ROLES]);
    expect(Object.keys(words.caseStates)).toEqual([...CASE_STATES]);
    const steps = [...Object.entries(words.caseSteps), ...Object.entries(words.cures)];
    const english: Record<string, string> = { ...ENGLISH.caseSteps, ...ENGLISH.cures };
    for (const [word, text] of steps) expect(placeholders(text)).toEqual(placeholders(english[word] ?? ''));
    const sentences = Object.entries(words.page) as [keyof typeof ENGLISH.page, string][];
    for (const [word, text] of sentences) expect(placeholders(text)).toEqual(placeholders(ENGLISH.page[word]));
  });
});
