// The process with PC/SC in it. Committed rather than built: its place is the same seen from `src` and from `dist`.
import { runPcsc } from '../dist/pcsc/process.js';

await runPcsc(process.argv[2] || null);
