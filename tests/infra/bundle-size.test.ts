import { beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions, bundleSizes } from '../../lib/bundle.ts';
import { stageDefinitions } from '../../lib/stages/index.ts';

/** Own code and libraries of a function, the AWS SDK not counted. */
const MAXIMUM_BYTES = 300_000;

/** Folder and name of every declared function's bundle, with whether it is declared to be large. */
const declared = stageDefinitions.flatMap(({ stage, functions }) =>
  Object.entries(functions).map(([name, { http, large }]) => ({
    bundle: http === undefined ? `${stage}/${name}` : `http/${http.audience}`,
    isLarge: large === true,
  })),
);

let ownBytes: ReadonlyMap<string, number>;
beforeAll(async () => {
  const sizes = bundleSizes(await bundleFunctions());
  ownBytes = new Map(sizes.map(({ name, bytes, sdkBytes }) => [name, bytes - sdkBytes]));
});

describe('bundles', () => {
  it('are those of the declared functions, and no other', () => {
    expect([...ownBytes.keys()].sort()).toEqual(declared.map(({ bundle }) => bundle).sort());
  });

  it('hold at most 300 KB of own code and libraries, but for PDF and solver functions', () => {
    const tooLarge = declared
      .filter(({ bundle, isLarge }) => !isLarge && (ownBytes.get(bundle) ?? 0) > MAXIMUM_BYTES)
      .map(({ bundle }) => `${bundle}: ${ownBytes.get(bundle)}`);
    expect(tooLarge).toEqual([]);
  });

  it('are declared large only where they are', () => {
    const small = declared.filter(
      ({ bundle, isLarge }) => isLarge && (ownBytes.get(bundle) ?? 0) <= MAXIMUM_BYTES,
    );
    expect(small).toEqual([]);
  });
});
