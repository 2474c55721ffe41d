/** The PKCS#11 module of a token, loaded only by those who name one: `pkcs11js` is compiled, and may not be installed. */
import type { Handle, PKCS11 } from 'pkcs11js';
import { KeyStoreError } from './fault.ts';

type Binding = typeof import('pkcs11js');

/** Return values of PKCS#11 2.40 that mean something to a person. */
const PIN_FAULTS: Readonly<Record<number, string>> = {
  160: 'the PIN is wrong; beware that a few wrong ones lock the token',
  161: 'the PIN is wrong; beware that a few wrong ones lock the token',
  162: 'the PIN is too short or too long for this token',
  164: 'the PIN is locked after too many wrong ones; the security officer can set a new one',
};
const ALREADY_INITIALIZED = 0x191;
const ALREADY_LOGGED_IN = 0x100;

export interface TokenOptions {
  /** File of the PKCS#11 module. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  /** PIN of the user. */
  readonly pin: string;
}

/** A session with a token, logged in. */
export interface TokenSession {
  readonly binding: Binding;
  readonly module: PKCS11;
  readonly session: Handle;
  readonly mechanisms: ReadonlySet<number>;
  /** `<label> (<module>)`, for messages. */
  readonly name: string;
}

/** A module is one per process: it is initialized by the first who opens it and finalized by the last who closes it. */
const loaded = new Map<string, { readonly module: PKCS11; users: number }>();

/** @throws KeyStoreError `pkcs11-missing`, `pkcs11-module`, `pkcs11-token`, `pkcs11-pin`, `pkcs11-failed` */
export async function openSession(options: TokenOptions, mayWrite: boolean): Promise<TokenSession> {
  const binding = await bindingOf();
  const module = acquire(binding, options.module);
  try {
    const slot = slotOf(module, options);
    const flags = binding.CKF_SERIAL_SESSION | (mayWrite ? binding.CKF_RW_SESSION : 0);
    const session = module.C_OpenSession(slot, flags);
    logIn(binding, module, session, options);
    const name = `token '${options.token}'`;
    return { binding, module, session, mechanisms: new Set(module.C_GetMechanismList(slot)), name };
  } catch (error) {
    release(options.module);
    throw tokenFault(error, `token '${options.token}'`);
  }
}

export function closeSession(open: TokenSession, options: TokenOptions): void {
  try {
    open.module.C_CloseSession(open.session);
  } catch (error) {
    throw tokenFault(error, open.name);
  } finally {
    release(options.module);
  }
}

/** What the token answers as a fault of ours; an error that is none stays what it is. */
export function tokenFault(error: unknown, name: string): unknown {
  if (error instanceof KeyStoreError) return error;
  const { code, message } = error as { code?: unknown; message?: string };
  if (typeof code !== 'number') return error;
  const text = `${name}: it answered ${message}; see that it is plugged in and runs`;
  return new KeyStoreError('pkcs11-failed', text, { cause: error });
}

async function bindingOf(): Promise<Binding> {
  try {
    const found = (await import('pkcs11js')) as Binding & { readonly default?: Binding };
    return found.default ?? found;
  } catch (error) {
    const message =
      'tokens need the package pkcs11js, which is not installed; run npm install pkcs11js, with a C++ compiler';
    throw new KeyStoreError('pkcs11-missing', message, { cause: error });
  }
}

function acquire(binding: Binding, file: string): PKCS11 {
  const known = loaded.get(file);
  if (known) {
    known.users += 1;
    return known.module;
  }
  const module = new binding.PKCS11();
  try {
    module.load(file);
    initialize(module);
  } catch (error) {
    const message = `${file}: cannot be loaded as a PKCS#11 module (${reason(error)}); name the token's library`;
    throw new KeyStoreError('pkcs11-module', message, { cause: error });
  }
  loaded.set(file, { module, users: 1 });
  return module;
}

function initialize(module: PKCS11): void {
  try {
    module.C_Initialize();
  } catch (error) {
    if (codeOf(error) !== ALREADY_INITIALIZED) throw error;
  }
}

function release(file: string): void {
  const known = loaded.get(file);
  if (!known) return;
  known.users -= 1;
  if (known.users > 0) return;
  loaded.delete(file);
  known.module.C_Finalize();
  known.module.close();
}

function slotOf(module: PKCS11, { module: file, token }: TokenOptions): Handle {
  const slots = module.C_GetSlotList(true);
  const labels = slots.map((slot) => module.C_GetTokenInfo(slot).label.trimEnd());
  const found = slots.filter((_, index) => labels[index] === token);
  if (found.length === 1 && found[0]) return found[0];
  const what =
    found.length === 0 ? `no token is labelled '${token}'` : `${found.length} tokens are labelled '${token}'`;
  const known = labels.filter((label) => label !== '').map((label) => `'${label}'`);
  const message = `${file}: ${what}; there ${known.length === 0 ? 'is none with a label' : `are: ${known.join(', ')}`}`;
  throw new KeyStoreError('pkcs11-token', message);
}

function logIn(binding: Binding, module: PKCS11, session: Handle, { token, pin }: TokenOptions): void {
  try {
    module.C_Login(session, binding.CKU_USER, pin);
  } catch (error) {
    const code = codeOf(error);
    if (code === ALREADY_LOGGED_IN) return;
    const meaning = PIN_FAULTS[code ?? 0];
    if (meaning === undefined) throw error;
    throw new KeyStoreError('pkcs11-pin', `token '${token}': ${meaning}`, { cause: error });
  }
}

function codeOf(error: unknown): number | null {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : null;
}

function reason(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
