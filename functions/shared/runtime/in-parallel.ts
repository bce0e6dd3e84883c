/**
 * Runs `work` over all items, at most `limit` at a time, and answers the results in the items' order. The first error
 * is thrown once what is under way has ended.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: { index: number; value: R }[] = [];
  const errors: unknown[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (errors.length > 0) return;
      try {
        results.push({ index, value: await work(item, index) });
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (errors.length > 0) throw errors[0];
  return results.sort((a, b) => a.index - b.index).map(({ value }) => value);
}
