import { defineConfig } from 'vite';

/** @see docs/adr/0017-the-console-is-built.md */
export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  build: {
    // React's directives for servers, which there are none of here.
    rolldownOptions: {
      checks: { pluginTimings: false },
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },

    outDir: 'dist/site',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  resolve: { conditions: ['development', 'module', 'browser'] },
});
