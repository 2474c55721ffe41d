/** Questions to the centre, and what it is to do, as whoever has signed in. */
import { showPasskey } from './passkey.ts';

/** A page that refreshes by itself keeps no session open: after this time without a key or a click it only looks on. */
const AT_WORK_MS = 60_000;

let lastInput = performance.now();

/** Once, before anything is asked. */
export function watchInput(): void {
  for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, noteInput, { capture: true, passive: true });
}

function noteInput(): void {
  lastInput = performance.now();
}

/** The centre did not do it, or did not answer. */
export class Refusal extends Error {
  /** Stable; `no-answer` where nothing came back. */
  readonly code: string;
  /** By it the request is found in the centre's log; null where nothing came back. */
  readonly requestId: string | null;
  readonly status: number;

  constructor(
    said: { readonly code: string; readonly message: string; readonly requestId: string | null },
    status: number,
  ) {
    super(said.message);
    this.code = said.code;
    this.requestId = said.requestId;
    this.status = status;
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** @param path without the slash in front: `terminals/17` @throws Refusal */
export function ask<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return request<Answer>('GET', path, undefined, signal);
}

/** Like {@link ask}; null where the centre knows of no such thing. */
export async function askFor<Answer>(path: string, signal?: AbortSignal): Promise<Answer | null> {
  try {
    return await ask<Answer>(path, signal);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return null;
    throw error;
  }
}

/** Like {@link ask}, of what is no JSON. @throws Refusal */
export async function askText(path: string, signal?: AbortSignal): Promise<string> {
  const answer = await reached(path, { headers: { accept: '*/*' }, ...(signal && { signal }) });
  if (answer.ok) return answer.text();
  const requestId = answer.headers.get('retap-request');
  const said = await answer.json().catch(() => ({ code: 'no-answer', message: answer.statusText }));
  throw new Refusal({ code: said.code, message: said.message, requestId: said.requestId ?? requestId }, answer.status);
}

/** Has the centre do something; where it wants the passkey shown again for that, has it shown. @throws Refusal */
export async function send<Answer>(
  path: string,
  body?: object,
  method: Exclude<Method, 'GET'> = 'POST',
): Promise<Answer> {
  try {
    return await request<Answer>(method, path, body);
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'sign-in-again')) throw error;
    await confirmPasskey();
    return request<Answer>(method, path, body);
  }
}

async function confirmPasskey(): Promise<void> {
  const challenge = await request<PublicKeyCredentialRequestOptionsJSON>('POST', 'session/challenge');
  const shown = await showPasskey(challenge);
  if ('fault' in shown) throw new Refusal({ code: shown.fault, message: shown.message, requestId: null }, 0);
  await request('PUT', 'session', { credential: shown.credential });
}

async function request<Answer>(method: Method, path: string, body?: object, signal?: AbortSignal): Promise<Answer> {
  const answer = await reached(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(performance.now() - lastInput > AT_WORK_MS && { 'retap-looks-on': '1' }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const requestId = answer.headers.get('retap-request');
  const said = await answer.json().catch(() => ({ code: 'no-answer', message: answer.statusText }));
  if (answer.ok) return said as Answer;
  if (answer.status === 401 && said.code === 'sign-in-needed') location.assign('/sign-in.html');
  throw new Refusal({ code: said.code, message: said.message, requestId: said.requestId ?? requestId }, answer.status);
}

async function reached(path: string, question: RequestInit): Promise<Response> {
  try {
    return await fetch(`/${path}`, question);
  } catch (error) {
    if (question.signal?.aborted) throw error;
    throw new Refusal({ code: 'no-answer', message: (error as Error).message, requestId: null }, 0);
  }
}

/** A question's parameters, those left out that ask for nothing. */
export function questionOf(values: Readonly<Record<string, string | number | null | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
