import { join } from 'node:path';
import { defineConfig } from 'vite';

/** The page at `/` of `tuwen serve`, and that of a training run, built into the package. */
export default defineConfig({
  build: {
    rollupOptions: {
      input: ['index.html', 'training/index.html'].map((page) => join(import.meta.dirname, page)),
    },
    outDir: '../dist/web',
    emptyOutDir: true,
    // The server's policy lets nothing inline in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
