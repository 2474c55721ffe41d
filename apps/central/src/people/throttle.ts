/** How often sign-in, registration and recovery may fail: per client, and per person it is tried for. */
import type { Time } from '@retap/model';
import { Attempts } from '../attempts.ts';

const WINDOW_MS = 10 * 60_000;
/** Challenges asked for and not answered well. An office behind one address signs in by the dozen, and succeeds. */
const CHALLENGES_OF_CLIENT_MAX = 60;
const FAILURES_OF_CLIENT_MAX = 20;
const FAILURES_OF_PERSON_MAX = 5;

export class Throttle {
  readonly challenges: Attempts;
  readonly clients: Attempts;
  readonly people: Attempts;

  constructor(now: () => Time) {
    this.challenges = new Attempts(CHALLENGES_OF_CLIENT_MAX, WINDOW_MS, now);
    this.clients = new Attempts(FAILURES_OF_CLIENT_MAX, WINDOW_MS, now);
    this.people = new Attempts(FAILURES_OF_PERSON_MAX, WINDOW_MS, now);
  }
}
