import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** One exported arrow function of a module, from its name to the line that ends it. */
const exported = (name: string): RegExp => new RegExp(`export const (${name}) = [\\s\\S]*?\\n\\};`, 'g');
const leftOut = [
  {
    file: /zod\/v4\/core\/json-schema-processors\.js$/,
    functions: exported('\\w+Processor'),
    instead: 'notBundled',
  },
  {
    file: /zod\/v4\/core\/to-json-schema\.js$/,
    functions: exported('createToJSONSchemaMethod|createStandardJSONSchemaMethod'),
    // These make the function that is called.
    instead: '() => notBundled',
  },
];

/**
 * Leaves zod's export of schemas as JSON Schema out of bundles: every schema carries a method for it, so that no bundler
 * can tell that nobody calls it. A fifth of zod's bytes, in each function and each cold start. What calls it after all is
 * told so; a zod whose files look otherwise ends the build.
 */
export const withoutJsonSchema: Plugin = {
  name: 'without-json-schema',
  setup(build) {
    for (const { file, functions, instead } of leftOut) {
      build.onLoad({ filter: file }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const contents = source.replace(functions, `export const $1 = ${instead};`);
        if (contents === source) throw new Error(`${path} holds none of the functions to leave out`);
        return {
          contents: `const notBundled = () => { throw new Error('JSON Schema is not part of this bundle'); };\n${contents}`,
          loader: 'js',
        };
      });
    }
  },
};
