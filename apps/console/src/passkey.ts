/** The passkey shown again before something grave: what the centre asks as JSON, and what the device answers (WebAuthn Level 2). */

export type Shown =
  | { readonly credential: object }
  | { readonly fault: 'no-passkeys' | 'passkey-not-shown' | 'passkey-failed'; readonly message: string };

export async function showPasskey(options: PublicKeyCredentialRequestOptionsJSON): Promise<Shown> {
  if (!('credentials' in navigator) || !('PublicKeyCredential' in window)) {
    return { fault: 'no-passkeys', message: 'this browser has no passkeys' };
  }
  try {
    const credential = (await navigator.credentials.get({
      publicKey: {
        challenge: bytesOf(options.challenge),
        ...(options.rpId && { rpId: options.rpId }),
        ...(options.timeout && { timeout: options.timeout }),
        userVerification: 'required',
        allowCredentials: (options.allowCredentials ?? []).map(({ id }) => ({ type: 'public-key', id: bytesOf(id) })),
      },
    })) as PublicKeyCredential;
    return { credential: written(credential) };
  } catch (error) {
    const { name, message } = error as Error;
    // Whoever closes the browser's question has not made a mistake; and browsers tell no more of what it was.
    return { fault: name === 'NotAllowedError' ? 'passkey-not-shown' : 'passkey-failed', message };
  }
}

function written(credential: PublicKeyCredential): object {
  const { clientDataJSON, authenticatorData, signature, userHandle } =
    credential.response as AuthenticatorAssertionResponse;
  return {
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response: {
      clientDataJSON: textOf(clientDataJSON),
      authenticatorData: textOf(authenticatorData),
      signature: textOf(signature),
      ...(userHandle && { userHandle: textOf(userHandle) }),
    },
  };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function textOf(buffer: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
