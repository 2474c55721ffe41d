import { readdirSync, readFileSync } from 'node:fs';

/**
 * The architecture as edges: model ← protocol ← card ← terminal; card ← keys; model, protocol ← central; simulator and testkit see the pure
 * packages; apps see all. Types count too (tsPreCompilationDeps): a type import is knowledge of the other package.
 * `npm test -- edges` also fails when a workspace has no module here, which would make every rule hold by vacuity.
 */

/** What the source of a package may import from this repository, besides itself. */
const MAY_SEE = {
  model: [],
  protocol: ['model'],
  card: ['model', 'protocol'],
  terminal: ['model', 'protocol', 'card'],
  phone: ['model', 'protocol', 'terminal'],
  keys: ['card'],
  central: ['model', 'protocol'],
  simulator: ['model', 'protocol', 'card', 'terminal'],
  testkit: ['model', 'protocol', 'terminal'],
};

/** The files that package.json `exports` offers: the doors into a package. */
const entries = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(new URL(parent, import.meta.url)).flatMap((name) => {
    const manifest = JSON.parse(readFileSync(new URL(`${parent}/${name}/package.json`, import.meta.url), 'utf8'));
    const doors = Object.values(manifest.exports ?? {});
    return doors.map(({ development }) => `${parent}/${name}/${development.slice(2)}`);
  }),
);

const edges = Object.entries(MAY_SEE).map(([name, seen]) => ({
  name: `${name}-sees-only-${seen.join('-and-') || 'itself'}`,
  severity: 'error',
  from: { path: `^packages/${name}/src/` },
  to: { path: '^(packages|apps|tests)/', pathNot: `^packages/(${[name, ...seen].join('|')})/src/` },
}));

export default {
  forbidden: [
    ...edges,
    {
      name: 'model-depends-on-nothing',
      comment: 'F is pure functions: no I/O, no clock, no dependency.',
      severity: 'error',
      from: { path: '^packages/model/src/' },
      to: { pathNot: '^packages/model/src/' },
    },
    {
      name: 'terminal-without-node',
      comment: 'A phone runs the terminal in a browser: disk, network and clock come in through its ports.',
      severity: 'error',
      from: { path: '^packages/(terminal|card|phone)/src/' },
      // What is in none of these folders is a module of Node. Reachable: by way of protocol would be as bad.
      to: { path: '^(?!packages/|apps/|tests/|node_modules/)', reachable: true },
    },
    {
      name: 'console-knows-types-alone',
      comment: 'It runs in a browser: of the packages it knows what the centre’s answers look like, and loads nothing.',
      severity: 'error',
      from: { path: '^apps/console/src/' },
      to: { path: '^(packages|apps)/', pathNot: '^apps/console/src/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'wallet-sees-only-what-a-phone-has',
      comment: 'It runs in a browser, offline: of the packages it loads the phone, and what the phone stands on.',
      severity: 'error',
      from: { path: '^apps/wallet/src/' },
      to: { path: '^(packages|apps|tests)/', pathNot: '^(apps/wallet|packages/(model|phone|protocol))/src/' },
    },
    {
      name: 'audit-log-verified-by-other-code',
      comment: 'Who verifies shares no code with who writes: only Node, and the folder itself.',
      severity: 'error',
      from: { path: '^apps/cli/src/audit/verify/' },
      to: { path: '^(packages|apps|tests|node_modules)/', pathNot: '^apps/cli/src/audit/verify/' },
    },
    {
      name: 'only-apps-own-the-process',
      comment: 'Environment, sockets and child processes belong to apps; testkit alone starts a PostgreSQL.',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/testkit/|/test/' },
      to: { path: '^(node:)?(process|http|https|http2|tls|dgram|child_process|cluster)$' },
    },
    {
      name: 'only-apps-open-sockets',
      comment:
        'Of net, what an address is and which range it is in opens none: where webhooks may lead is decided by it.',
      severity: 'error',
      from: {
        path: '^packages/',
        pathNot: '^packages/testkit/|/test/|^packages/central/src/webhooks/(addresses|target)[.]ts$',
      },
      to: { path: '^(node:)?net$' },
    },
    {
      name: 'no-source-imports-tests',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/', pathNot: '^packages/testkit/' },
      to: { path: '(^|/)tests?/|^packages/testkit/' },
    },
    {
      name: 'no-import-past-a-package-entry',
      comment: 'What a package offers is what its package.json exports; a deep import would make every file public.',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: { path: '^(packages|apps)/[^/]+/src/', pathNot: ['^$1/$2/', ...entries.map((entry) => `^${entry}$`)] },
    },
    {
      name: 'no-circular',
      comment:
        'Of code that loads: which of two runs first would depend on who asks. Types of one folder may refer to each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment:
        'A module that cannot be found could be anything: no rule would hold for it. `?url` asks vite for an address.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '[.]wasm[?]url$' },
    },
    {
      name: 'no-development-dependency-in-source',
      comment: 'testkit is itself one: nothing that is shipped may import it.',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/', pathNot: '^packages/testkit/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    tsConfig: { fileName: 'tsconfig.test.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['development', 'import', 'node', 'default', 'types'],
    },
  },
};
