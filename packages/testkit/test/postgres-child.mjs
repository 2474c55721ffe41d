/** A process that starts a server and never stops it. With `waits`, it stays until it is killed. */
import { startPostgres } from '../src/postgres.ts';

const { url } = await startPostgres();
console.log(url);
if (process.argv.includes('waits')) setInterval(() => {}, 60_000);
