import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import highsModule, { type Highs } from 'highs';

let loaded: Promise<Highs> | undefined;

/**
 * HiGHS, loaded once a process (about 0.1 s). A bundle carries the WebAssembly inside (esbuild's `binary` loader); run
 * from source, it is read from the package, because Node would try to link a `.wasm` import instead of handing over
 * its bytes.
 */
export function loadSolver(): Promise<Highs> {
  loaded ??= load();
  return loaded;
}

type Loader = typeof highsModule.default;

async function load(): Promise<Highs> {
  const loader: unknown = highsModule;
  if (!isLoader(loader)) throw new Error('the solver package exports no loader');
  const bytes = new Uint8Array(await wasmBytes());
  const options = {
    print: () => {},
    printErr: () => {},
    // The documented `wasmBinary` is not read by this build (1.15.3); this hook of Emscripten's is.
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): void {
      void WebAssembly.instantiate(bytes, imports).then(({ instance }) => done(instance));
    },
  };
  return loader(options);
}

/** The package declares itself CommonJS, what is imported is its ES module: its default export is the function. */
function isLoader(value: unknown): value is Loader {
  return typeof value === 'function';
}

async function wasmBytes(): Promise<Uint8Array> {
  if (import.meta.url.endsWith('.ts')) {
    return readFile(createRequire(import.meta.url).resolve('highs/runtime'));
  }
  return (await import('highs/runtime')).default;
}
