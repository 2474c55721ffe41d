/** Passkeys in the browser: what the centre asks as JSON, and what the device answers (WebAuthn Level 2). */

/** @param {string} text */
function bytesOf(text) {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** @param {ArrayBuffer | null} buffer */
function textOf(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer ?? new ArrayBuffer(0)));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @param {readonly any[] | undefined} credentials */
const named = (credentials = []) => credentials.map((each) => ({ ...each, id: bytesOf(each.id) }));

/** @param {any} credential @param {Record<string, unknown>} response */
const written = (credential, response) => ({
  id: credential.id,
  rawId: textOf(credential.rawId),
  type: credential.type,
  clientExtensionResults: {},
  response: { clientDataJSON: textOf(credential.response.clientDataJSON), ...response },
});

/**
 * Has the device make a passkey.
 * @param {any} options as the centre gives them
 * @returns {Promise<{credential: object} | {fault: string}>}
 */
export async function makePasskey(options) {
  return trying(async () => {
    const credential = /** @type {any} */ (
      await navigator.credentials.create({
        publicKey: {
          ...options,
          challenge: bytesOf(options.challenge),
          user: { ...options.user, id: bytesOf(options.user.id) },
          excludeCredentials: named(options.excludeCredentials),
        },
      })
    );
    const transports = credential.response.getTransports?.() ?? [];
    const attestationObject = textOf(credential.response.attestationObject);
    return { credential: written(credential, { attestationObject, transports }) };
  });
}

/**
 * Has the device show a passkey.
 * @param {any} options as the centre gives them
 * @returns {Promise<{credential: object} | {fault: string}>}
 */
export async function showPasskey(options) {
  return trying(async () => {
    const credential = /** @type {any} */ (
      await navigator.credentials.get({
        publicKey: {
          ...options,
          challenge: bytesOf(options.challenge),
          allowCredentials: named(options.allowCredentials),
        },
      })
    );
    const { authenticatorData, signature, userHandle } = credential.response;
    return {
      credential: written(credential, {
        authenticatorData: textOf(authenticatorData),
        signature: textOf(signature),
        ...(userHandle && { userHandle: textOf(userHandle) }),
      }),
    };
  });
}

/**
 * @param {() => Promise<{credential: object}>} work
 * @returns {Promise<{credential: object} | {fault: string}>}
 */
async function trying(work) {
  const { words } = await import('./language.js');
  if (!('credentials' in navigator) || !('PublicKeyCredential' in window)) return { fault: words().people.noPasskeys };
  try {
    return await work();
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    // Whoever closes the browser's question has not made a mistake; and browsers tell no more of what it was.
    if (name === 'NotAllowedError') return { fault: words().people.notShown };
    if (name === 'InvalidStateError') return { fault: words().people.passkeyHeld };
    return { fault: message };
  }
}
