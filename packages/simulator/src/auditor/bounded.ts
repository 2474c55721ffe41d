/** `bounded`: what waits is explained by how many people and terminals there are, not by how long the city has lived. */
import type { Time } from '@retap/model';
import type { Queues } from '../city.ts';
import { type Breach, breachOf } from './breach.ts';

/** Of one day, trips, errands and what inspectors plan. */
const PLANNED_PER_PERSON = 12;
/** Of a terminal, its next upload, a retry, and what it has on its way. */
const PLANNED_PER_TERMINAL = 200;

export interface Size {
  readonly people: number;
  readonly terminals: number;
}

export function* bounded({ agenda, events }: Queues, { people, terminals }: Size, at: Time): Generator<Breach> {
  const agendaMax = 100 + PLANNED_PER_PERSON * people + PLANNED_PER_TERMINAL * terminals;
  if (agenda > agendaMax) {
    yield breachOf('bounded', at, {}, `${agenda} things are planned for ${people} people and ${terminals} terminals`);
  }
  const eventsMax = 100 + PLANNED_PER_TERMINAL * terminals;
  if (events > eventsMax) yield breachOf('bounded', at, {}, `${events} events wait to be taken`);
}
