/** A route as it is declared: what it is asked, by whom, and what it answers. Served, guarded and described from this one place. */
import type { Capability } from '@retap/central';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Origin } from '../listening/origin.ts';
import type { Caller } from './caller.ts';

/**
 * Who may ask.
 * `anyone`: also who has not signed in. `terminal`: whose bytes are signed by a terminal, which the handler verifies.
 * `signed-in`: every person, about themselves. Else whoever has the capability.
 */
export type Access = 'anyone' | 'terminal' | 'signed-in' | Capability;

type Method = 'get' | 'post' | 'put' | 'delete';

export type Shape = Readonly<Record<string, z.ZodType>>;

export interface Answer {
  readonly description: string;
  /** Of a JSON body; left out where there is none, or `type` says what else comes. */
  readonly schema?: z.ZodType;
  /** Media type, where it is not JSON. */
  readonly type?: string;
}

export interface Declaration<
  Params extends Shape = Shape,
  Query extends Shape = Shape,
  Body extends z.ZodType = z.ZodType,
> {
  readonly method: Method;
  /** As OpenAPI writes it: `/media/{medium}/chain`. */
  readonly path: string;
  /** Unique; what client libraries name the call. */
  readonly operationId: string;
  readonly summary: string;
  readonly tag: Tag;
  readonly access: Access;
  /** Asked as often as anybody likes: by those who watch over the centre, or where the handler counts by itself. */
  readonly unmetered?: boolean;
  /** The person must have shown a passkey in the last minutes, and no access token will do. */
  readonly fresh?: boolean;
  readonly params?: Params;
  /** Each value comes as text; a schema makes of it what is meant. */
  readonly query?: Query;
  /** JSON. Read whole and checked before the handler is called. */
  readonly body?: Body;
  /** Largest body, in bytes. Default 64 KiB. */
  readonly bodyBytesMax?: number;
  /** Media types that the handler reads by itself, in place of `body`. */
  readonly takes?: readonly string[];
  /** By status. What every route may answer (400, 401, 403, 429, 500, 503 with `{code, message, requestId}`) need not be named. */
  readonly answers: Readonly<Record<number, Answer>>;
}

/** Groups of the described API, in their order. */
export const TAGS = {
  service: 'Whether the centre is well',
  state: 'What the centre knows: totals, accounts, alerts',
  uploads: 'What terminals send',
  enrolment: 'Devices become terminals',
  terminals: 'Terminals, as people see and steer them',
  phones: 'Phones that pay and are paid',
  lists: 'What terminals are told',
  people: 'Sign-in, sessions, people',
  proposals: 'What waits for a second person',
  alerts: 'Alerts as somebody works on them',
  events: 'What happens, as it happens',
  webhooks: 'Events sent to other systems',
  audit: 'Who did what',
  settings: 'What holds for the whole site',
} as const;
type Tag = keyof typeof TAGS;

/** One request, its parts parsed. */
export interface Call<Params extends Shape, Query extends Shape, Body extends z.ZodType> {
  readonly c: Context<ApiEnv>;
  readonly caller: Caller;
  readonly params: { readonly [Name in keyof Params]: z.output<Params[Name]> };
  readonly query: { readonly [Name in keyof Query]: z.output<Query[Name]> };
  readonly body: z.output<Body>;
}

/** What travels along with a request. */
export interface ApiEnv {
  Variables: {
    /** In the answer's header `retap-request`, in the body of every refusal and in each line of the log. */
    requestId: string;
    caller: Caller;
    /** The route's path as declared; of what was not found nothing. */
    route: string;
    /** Where it comes from. */
    origin: Origin;
    /** Code of the refusal that was answered, if one was. */
    refusal: string;
  };
}
