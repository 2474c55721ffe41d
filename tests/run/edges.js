/** The architecture's edges, by dependency-cruiser; and that it did see the code it judges. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { npmProgram, ROOT, run } from './command.js';
import { failure, HELD } from './summary.js';

const CONFIGURATION = '.dependency-cruiser.js';

/**
 * @typedef {{from: string, to: string, rule: {name: string}}} Violation
 * @typedef {{modules: {source: string}[], summary: {violations: Violation[], totalDependenciesCruised?: number}}} Cruise
 */

export async function checkEdges() {
  const parameters = ['--config', CONFIGURATION, '--output-type', 'json', 'packages', 'apps', 'tests'];
  const { status, output } = await run(npmProgram('depcruise'), parameters, { output: 'pipe' });
  if (status === null || output === '') return failure('dependency-cruiser did not run');
  const { modules, summary } = /** @type {Cruise} */ (JSON.parse(output));
  // With a TypeScript that has no API it sees no modules and reports green: an empty architecture breaks no rule.
  const unseen = workspaces().filter((folder) => !modules.some(({ source }) => source.startsWith(`${folder}/src/`)));
  if (unseen.length > 0) return failure(`dependency-cruiser saw no TypeScript module in ${unseen.join(', ')}`);
  for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
  if (summary.violations.length > 0) {
    return failure(`${summary.violations.length} edges that ${CONFIGURATION} forbids`);
  }
  console.log(`${modules.length} modules, ${summary.totalDependenciesCruised ?? 0} dependencies, no forbidden edge`);
  return HELD;
}

function workspaces() {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(path.join(ROOT, parent)).map((name) => `${parent}/${name}`),
  );
}
