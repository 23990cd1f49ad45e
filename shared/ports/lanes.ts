/**
 * Maps items with at most `lanes` actions at a time; returns the results in the items' order. After a failure it begins
 * no further item and waits for those under way before it rejects, so nothing goes on after the caller has the error.
 * @example
 * const stored = await inLanes(keys, 4, (key) => store.get(key));
 */
export async function inLanes<Item, Result>(
  items: readonly Item[],
  lanes: number,
  action: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const rest = items.entries();
  let failed = false;
  const lane = async () => {
    for (const [k, item] of rest) {
      if (failed) return;
      try {
        results[k] = await action(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const outcome of ended) if (outcome.status === "rejected") throw outcome.reason;
  return results;
}
