import { defineConfig } from 'vitest/config';

const loaders = { '.woff': 'binary', '.wasm': 'binary' } as const;
const project = (name: string, more: Record<string, unknown> = {}) => ({
  test: { name, include: [`tests/${name}/**/*.test.ts`], ...more },
});

export default defineConfig({
  plugins: [
    {
      // The same as esbuild's `binary` loader in lib/bundle.ts: fonts and WebAssembly are bytes inside the bundle.
      name: 'binary-assets',
      enforce: 'pre',
      async load(id) {
        if (!Object.keys(loaders).some((ending) => id.endsWith(ending))) return undefined;
        const { readFile } = await import('node:fs/promises');
        return `export default Uint8Array.from(atob(${JSON.stringify((await readFile(id)).toString('base64'))}), (c) => c.charCodeAt(0));`;
      },
    },
  ],
  test: {
    projects: [
      project('unit', { testTimeout: 60_000, hookTimeout: 60_000 }),
      project('state-machines', { testTimeout: 120_000, hookTimeout: 120_000 }),
      project('infra', { testTimeout: 120_000, hookTimeout: 180_000 }),
      // One local cloud with one Java at a time.
      project('integration', { testTimeout: 180_000, hookTimeout: 180_000, fileParallelism: false }),
      project('browser', { testTimeout: 180_000, hookTimeout: 180_000, fileParallelism: false }),
    ].map((entry) => ({ extends: true, ...entry })),
  },
});
