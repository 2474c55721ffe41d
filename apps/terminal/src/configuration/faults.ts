/** What is wrong with a configuration, in words: which key, what is wrong, what to do. */
import type { core } from 'zod';

/** The configuration of a terminal is not one; {@link messages} has one line for each fault. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'configuration-invalid';
  readonly messages: readonly string[];

  constructor(messages: readonly string[]) {
    super(messages.join('\n'));
    this.messages = messages;
  }
}

type Issue = core.$ZodIssue;

/** @param source name of the file, for the message */
export function messagesOf(source: string, issues: readonly Issue[]): string[] {
  return issues.flatMap(branchOf).map(({ path, message }) => {
    const key = path.reduce<string>((before, part) => {
      return typeof part === 'number'
        ? `${before}[${part}]`
        : before === ''
          ? String(part)
          : `${before}.${String(part)}`;
    }, '');
    return key === '' ? `${source}: ${message}` : `${source}: ${key}: ${message}`;
  });
}

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Of alternatives, the one that was meant: where the fault is deepest. An unknown key is named with what to do. */
function branchOf(issue: Issue): Fault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: 'there is no such key; look for a slip of the pen in docs/terminal.md, or remove it',
    }));
  }
  if (issue.code === 'invalid_union') {
    const [meant] = issue.errors
      .filter((branch) => branch.some(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'))
      .sort((one, other) => deepest(other) - deepest(one));
    if (meant) return meant.flatMap(branchOf).map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
    // All alternatives are of another type: the first says best what was expected.
    const message =
      issue.message === 'Invalid input' ? (issue.errors[0]?.[0]?.message ?? issue.message) : issue.message;
    return [{ path: issue.path, message }];
  }
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return [{ path: issue.path, message: 'it is missing; docs/terminal.md says what it may be' }];
  }
  return [{ path: issue.path, message: issue.message }];
}

const deepest = (branch: readonly Issue[]): number => Math.max(...branch.map(({ path }) => path.length));
