/** The people of the database that a command names, and their refusals in words. */
import { openCentral, type People, type PeopleRefusal, type PeopleRefusalCode } from '@retap/central';
import { localOrigin } from '@retap/central-service';
import { type DatabaseOption, existingDatabase } from '../database.ts';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';

/** Of `retap serve`, where nothing else is said. */
const PORT = 8080;

export async function withPeople<Result>(
  options: DatabaseOption,
  shell: Shell,
  work: (people: People) => Promise<Result>,
): Promise<Result> {
  const central = await openCentral({ database: existingDatabase(options, shell), now: shell.now });
  try {
    return await work(central.people);
  } finally {
    await central.close();
  }
}

/** Where people reach the centre. */
export async function originOfPeople(people: People): Promise<string> {
  return (await people.settings()).origin ?? localOrigin(`http://127.0.0.1:${PORT}`);
}

/** @throws UsageError where the answer is a refusal */
export function allowed<Answer>(answer: Answer, name: string): Exclude<Answer, PeopleRefusal> {
  const isRefusal = typeof answer === 'object' && answer !== null && 'refusal' in answer;
  if (!isRefusal) return answer as Exclude<Answer, PeopleRefusal>;
  throw new UsageError(wordsOf((answer as unknown as PeopleRefusal).refusal, name));
}

function wordsOf(refusal: PeopleRefusalCode, name: string): string {
  switch (refusal) {
    case 'centre-open':
      return "this centre is open and knows no people; run 'retap init' first";
    case 'person-unknown':
      return `nobody is called ${name}; 'retap people list' shows who is`;
    case 'person-known':
      return (
        `${name} has a passkey already, and a link would give their place to whoever opens it. ` +
        "Where every passkey was lost, 'retap people recover' makes a code"
      );
    case 'person-disabled':
      return `${name} is disabled; 'retap people enable' lets them in again`;
    case 'person-not-disabled':
      return `${name} is not disabled; there is nothing to enable`;
    case 'last-administrator':
      return `${name} is the last administrator: make somebody else one first, and see them sign in`;
    case 'roles-exceeded':
      return `an access token of ${name} can have no role that ${name} has not`;
    case 'token-unknown':
      return `there is no access token ${name}; 'retap people tokens' shows which there are`;
    default:
      return `${name}: ${refusal}`;
  }
}
