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

/**
 * Has the centre do something.
 * @param {string} path
 * @param {object} body
 * @returns {Promise<{answer: any, refusal: string | null}>} what it answers, or why it does not, in words
 */
export async function send(path, body) {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  const said = await answer.json();
  return answer.ok ? { answer: said, refusal: null } : { answer: null, refusal: said.message };
}
