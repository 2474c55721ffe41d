/** Routes from their declarations: guarded, their questions parsed, described as OpenAPI. */
import { type Context, type Handler, Hono } from 'hono';
import { z } from 'zod';
import { BadQuestion, refuse } from '../answers.ts';
import { clientIn } from '../arrival.ts';
import type { Held } from '../body.ts';
import type { Rates } from '../rate.ts';
import { type Caller, DENIALS, denialOf, type Guard } from './caller.ts';
import type { Access, ApiEnv, Call, Declaration, Shape } from './declaration.ts';
import { describe } from './openapi.ts';

const BODY_BYTES_MAX = 64 * 2 ** 10;

export interface ApiOptions {
  readonly guard: Guard;
  readonly held: Held;
  /** How often who may ask; default: as often as anybody likes. */
  readonly rates?: Rates;
  /** Holds every JSON answer to what is declared, and throws where it is another: for tests. */
  readonly checkAnswers?: boolean;
}

export class Api {
  readonly hono = new Hono<ApiEnv>();
  readonly #options: ApiOptions;
  readonly #declared: Declaration[] = [];
  #description: Uint8Array<ArrayBuffer> | null = null;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  get declared(): readonly Declaration[] {
    return this.#declared;
  }

  /** @throws Error where two routes have one name: our own mistake */
  add<Params extends Shape, Query extends Shape, Body extends z.ZodType>(
    declaration: Declaration<Params, Query, Body>,
    handle: (call: Call<Params, Query, Body>) => Response | Promise<Response>,
  ): void {
    const { method, path, operationId, body } = declaration;
    if (this.#declared.some((each) => each.operationId === operationId)) throw new Error(`two routes ${operationId}`);
    // A misspelt field that is passed over would look as if it had been taken.
    const strict =
      body instanceof z.ZodObject ? { ...declaration, body: body.strict() as unknown as Body } : declaration;
    this.#declared.push(strict as unknown as Declaration);
    this.#description = null;
    this.hono.on(method.toUpperCase(), honoPath(path), this.#handler(strict, handle));
  }

  /** After all routes: another method is answered by which there are. */
  refuseOtherMethods(): void {
    for (const path of new Set(this.#declared.map((each) => each.path))) {
      const methods = this.#declared.filter((each) => each.path === path).map(({ method }) => method.toUpperCase());
      this.hono.all(honoPath(path), (c) => {
        c.header('allow', methods.join(', '));
        return refuse(c, 405, 'method-unknown', `this is asked by ${methods.join(' or ')}`);
      });
    }
  }

  /** OpenAPI 3.1 as JSON. Made once: that takes a hundred milliseconds, and strangers may ask for it as often as for anything. */
  description(): Uint8Array<ArrayBuffer> {
    this.#description ??= new TextEncoder().encode(JSON.stringify(describe(this.#declared)));
    return this.#description;
  }

  #handler<Params extends Shape, Query extends Shape, Body extends z.ZodType>(
    declaration: Declaration<Params, Query, Body>,
    handle: (call: Call<Params, Query, Body>) => Response | Promise<Response>,
  ): Handler<ApiEnv> {
    const { guard } = this.#options;
    return async (c) => {
      c.set('route', declaration.path);
      const caller = await this.#callerOf(c, declaration.access);
      this.#count(c, caller, declaration);
      const denial = await denialOf(guard, caller, declaration);
      if (denial !== null) {
        await guard.refused(c, caller, denial);
        return refuse(c, DENIALS[denial].status, denial, DENIALS[denial].message);
      }
      const params = parsed(declaration.params, c.req.param() as Record<string, string>);
      const query = parsed(declaration.query, c.req.query());
      const call = { c, caller, params, query } as const;
      if (!declaration.body) return this.#checked(declaration, await handle({ ...call, body: undefined as never }));
      const { body: schema, bodyBytesMax = BODY_BYTES_MAX } = declaration;
      if (!/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) {
        return refuse(c, 415, 'content-type-unknown', 'send the body as content-type application/json');
      }
      return this.#options.held.during(c.req.raw, bodyBytesMax, async (bytes) =>
        this.#checked(declaration, await handle({ ...call, body: bodyOf(schema, bytes) })),
      );
    };
  }

  /** @throws RateExceeded */
  #count(
    c: Context<ApiEnv>,
    caller: Caller,
    { access, unmetered = false }: Pick<Declaration, 'access' | 'unmetered'>,
  ): void {
    const { rates } = this.#options;
    if (!rates || unmetered) return;
    // Tokens apart: whoever stole one must not keep its owner from revoking it by asking too often.
    if (caller.kind === 'person') rates.take('account', `${caller.name} ${caller.by}`);
    else rates.take(access === 'terminal' ? 'fleet' : 'client', clientIn(c));
  }

  /** Nobody is asked who they are where it does not matter: a database that is gone must not make the centre look dead. */
  #callerOf(c: Context<ApiEnv>, access: Access): Promise<Caller> {
    const isForAll = access === 'anyone' || access === 'terminal';
    return isForAll ? Promise.resolve({ kind: 'everybody' }) : this.#found(c);
  }

  async #found(c: Context<ApiEnv>): Promise<Caller> {
    const caller = await this.#options.guard.callerOf(c);
    c.set('caller', caller);
    return caller;
  }

  async #checked(declaration: Pick<Declaration, 'operationId' | 'answers'>, answer: Response): Promise<Response> {
    if (!this.#options.checkAnswers || answer.status >= 400) return answer;
    // What opens a socket answers 101, which no Response can say.
    const declared = declaration.answers[answer.status] ?? declaration.answers[101];
    if (!declared) throw new Error(`${declaration.operationId} answered ${answer.status}, which it does not declare`);
    if (declared.schema) declared.schema.parse(await answer.clone().json());
    return answer;
  }
}

/** No database keeps it: what was asked with it would look as if the database were gone. */
const HAS_NUL = 'has the character U+0000, which is taken nowhere';
/** In JSON it can only be escaped; behind an even number of backslashes, which are themselves. */
const ESCAPED_NUL = /(?<!\\)(?:\\\\)*\\u0000/;

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function parsed<Parts extends Shape>(
  shape: Parts | undefined,
  given: Readonly<Record<string, string>>,
): { readonly [Name in keyof Parts]: z.output<Parts[Name]> } {
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(shape ?? {})) {
    const text = given[name];
    if (text?.includes('\0')) throw new BadQuestion(`"${name}" ${HAS_NUL}`);
    // An empty field of a form asks for nothing.
    const result = schema.safeParse(text === '' ? undefined : text);
    if (!result.success) throw new BadQuestion(`"${name}" ${result.error.issues[0]?.message ?? 'is not understood'}`);
    values[name] = result.data;
  }
  return values as { readonly [Name in keyof Parts]: z.output<Parts[Name]> };
}

function bodyOf<Body extends z.ZodType>(schema: Body, bytes: Uint8Array): z.output<Body> {
  let value: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    throw new BadQuestion(`the body is not JSON: ${(error as Error).message}`);
  }
  if (ESCAPED_NUL.test(text)) throw new BadQuestion(`the body ${HAS_NUL}`);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join('.') ?? '';
  throw new BadQuestion(`${place === '' ? 'the body' : `"${place}"`}: ${issue?.message ?? 'is not understood'}`);
}
