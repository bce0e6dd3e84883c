/** The solver's WebAssembly, as the bundler embeds it (loader `binary`). */
declare module 'highs/runtime' {
  const bytes: Uint8Array;
  export default bytes;
}
