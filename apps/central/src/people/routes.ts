/** Everything that people ask about themselves and each other (docs/people.md). */
import type { Api } from '../api/api.ts';
import { addAdministrationRoutes } from './administration.ts';
import type { PeopleRouteOptions } from './options.ts';
import { addOwnRoutes } from './own.ts';
import { addRegistrationRoutes } from './registration.ts';
import { addSignInRoutes } from './sign-in.ts';
import { Throttle } from './throttle.ts';

export function addPeopleRoutes(api: Api, options: PeopleRouteOptions): void {
  // One for all: whoever fails at one door has no new attempts at the next.
  const throttle = new Throttle(options.now);
  addSignInRoutes(api, { ...options, throttle });
  addRegistrationRoutes(api, { ...options, throttle });
  addOwnRoutes(api, options);
  addAdministrationRoutes(api, options);
}
