/** Files that the bundler puts into a bundle as bytes (loader `binary` in lib/bundle.ts and vitest.config.ts). */
declare module '*.woff' {
  const bytes: Uint8Array;
  export default bytes;
}
