/**
 * Asks the centre.
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} null where the centre knows of no such thing
 */
export async function ask(path, signal) {
  const answer = await fetch(path, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) });
  const body = await answer.json();
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(body.message);
  return body;
}
