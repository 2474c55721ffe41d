/** The declared routes as an OpenAPI 3.1 document, whose schemas are JSON Schema 2020-12. */
import { z } from 'zod';
import { type Answer, type Declaration, type Shape, TAGS } from './declaration.ts';
import { REFUSAL } from './shapes.ts';

/** What every route may say instead. */
const REFUSALS: Readonly<Record<string, string>> = {
  400: 'The question makes no sense; the message says which part of it',
  429: 'Too much at a time: come again after `Retry-After` seconds',
  503: 'Not just now: come again after `Retry-After` seconds',
};
const REFUSALS_OF_PEOPLE: Readonly<Record<string, string>> = {
  401: 'Nobody has signed in, or no longer',
  403: 'The roles do not allow it',
};

export function describe(declared: readonly Declaration[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const declaration of declared) {
    const operations = paths[declaration.path] ?? {};
    operations[declaration.method] = operationOf(declaration);
    paths[declaration.path] = operations;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Retap centre',
      version: '1',
      description:
        'The processing centre of Retap. Amounts are whole minor units, times milliseconds since the Unix epoch.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { Refusal: schemaOf(REFUSAL, 'output') },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-retap', description: 'Set when a person signs in' },
        token: { type: 'http', scheme: 'bearer', description: 'An access token' },
      },
    },
  };
}

function operationOf(declaration: Declaration): object {
  const { operationId, summary, tag, access, fresh = false, body, takes, answers } = declaration;
  const isForAll = access === 'anyone' || access === 'terminal';
  const refusals = isForAll ? REFUSALS : { ...REFUSALS, ...REFUSALS_OF_PEOPLE };
  const parameters = [...parametersOf(declaration.params, 'path'), ...parametersOf(declaration.query, 'query')];
  return {
    operationId,
    summary,
    tags: [tag],
    'x-retap-access': access,
    security: isForAll ? [] : fresh ? [{ session: [] }] : [{ session: [] }, { token: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    ...(takes && {
      requestBody: { required: true, content: Object.fromEntries(takes.map((type) => [type, {}])) },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(refusals).map(([status, description]) => [status, { description, content: REFUSAL_CONTENT }]),
      ),
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(status, answer)])),
    },
  };
}

const REFUSAL_CONTENT = { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } };

function responseOf(status: string, { description, schema, type }: Answer): object {
  if (schema) return { description, content: { 'application/json': { schema: schemaOf(schema, 'output') } } };
  if (type !== undefined) return { description, content: { [type]: {} } };
  return Number(status) >= 400 ? { description, content: REFUSAL_CONTENT } : { description };
}

function parametersOf(shape: Shape | undefined, where: 'path' | 'query'): object[] {
  return Object.entries(shape ?? {}).map(([name, schema]) => ({
    name,
    in: where,
    required: where === 'path' || !schema.safeParse(undefined).success,
    schema: schemaOf(schema, 'output'),
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
