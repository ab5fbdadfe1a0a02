import { defineConfig } from 'vite';

/** The page at `/` of `tuwen serve`, built into the package. */
export default defineConfig({
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // The server's policy lets nothing inline in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
