import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;
const BASE = '/wallet/';

/** The service worker keeps every file of the wallet: it is told which there are, and its bytes differ when one of them does. */
function serviceWorker() {
  return {
    name: 'service-worker',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const hash = createHash('sha256');
        const built = Object.values(bundle).map(({ fileName, ...file }) => {
          hash.update(fileName).update(file.type === 'chunk' ? file.code : file.source);
          return fileName;
        });
        const folder = join(root, 'public');
        const given = readdirSync(folder).map((name) => {
          hash.update(name).update(readFileSync(join(folder, name)));
          return name;
        });
        const files = [...built, ...given].filter((name) => !name.endsWith('.map')).map((name) => BASE + name);
        const source = readFileSync(join(root, 'src/service-worker.js'), 'utf8')
          .replace("'FILES'", JSON.stringify(files.sort()))
          .replace("'VERSION'", JSON.stringify(hash.digest('hex').slice(0, 16)));
        this.emitFile({ type: 'asset', fileName: 'sw.js', source });
      },
    },
  };
}

/** @see docs/adr/0017-the-console-is-built.md */
export default defineConfig({
  root,
  base: BASE,
  plugins: [serviceWorker()],
  build: {
    rolldownOptions: { checks: { pluginTimings: false } },
    outDir: 'dist/site',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  resolve: { conditions: ['development', 'module', 'browser'] },
});
