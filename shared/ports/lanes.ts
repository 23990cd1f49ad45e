/**
 * The action's results for each item, so many at a time. After a failure no further item is begun, and what was begun
 * is waited for: nothing goes on behind the back of whoever hears of the failure.
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
