/** Who may talk to the screen: a page of ours, on this machine. */
import type { MiddlewareHandler } from 'hono';

/**
 * Refuses what another site in the same browser sends. A site whose name was made to point here (DNS rebinding) sends its own
 * name as Host; one that opens a socket to us sends its own Origin.
 * @param port the port that is listened on
 */
export function ownPageOnly(port: () => number): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    const names = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port()}`);
    if (!names.includes(host)) return c.text('This is the screen of a terminal, for this machine alone.', 403);
    const origin = c.req.header('origin');
    const isUpgrade = c.req.header('upgrade') !== undefined;
    // Every browser names the origin of a socket; ordinary requests of the same origin may leave it out.
    if (origin === undefined ? isUpgrade : origin !== `http://${host}`) return c.text('Not from this page.', 403);
    return next();
  };
}
