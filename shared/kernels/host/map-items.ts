/** Maps the items of a shard by a task, a few at a time. */
import type { ItemResult, MapItems, MapRun, Task } from "../loaded.ts";

/** For the errors of a shard's other items. */
const RESERVED_BYTES = 4 * 2 ** 20;

/** @example const map = mapItems(taskOf(source.task, code)); */
export function mapItems(task: Task): MapItems {
  return async (items, run) => {
    const { first, seed, seconds, signal, mostBytes } = run;
    const tooMuch = `The shard's results have more than ${mostBytes} bytes: give fewer items a shard (--items-per-shard).`;
    const counts = { begun: 0, failed: 0, unfinished: 0 };
    const lines: string[] = [];
    let bytes = 0;
    const map = async (k: number) => {
      const index = first + k;
      let line = keptLine(run, k);
      if (line === undefined) {
        if (!(await run.mayBegin())) {
          counts.unfinished++;
          lines[k] = notBegun(index);
          return;
        }
        counts.begun++;
        line = lineOf(index, await task(JSON.parse(items[k]!), { seed, seconds, signal, index }));
      }
      if (bytes + Buffer.byteLength(line) > mostBytes - RESERVED_BYTES)
        line = lineOf(index, { error: tooMuch });
      bytes += Buffer.byteLength(line);
      if (isError(line, index)) counts.failed++;
      lines[k] = line;
    };
    let next = 0;
    const lane = async () => {
      while (next < items.length) await map(next++);
    };
    await Promise.all(Array.from({ length: run.concurrency }, lane));
    return { lines, ...counts, given: items.length - counts.failed - counts.unfinished };
  };
}

/** Results that stay: of a shard that goes on all but what was not begun, of an earlier round those with a value. */
function keptLine({ former, first }: MapRun, k: number): string | undefined {
  const line = former?.lines[k];
  if (line === undefined) return undefined;
  const isOpen = former?.isEarlierRound ? isError(line, first + k) : line === notBegun(first + k);
  return isOpen ? undefined : line;
}

const lineOf = (index: number, result: ItemResult) =>
  "json" in result ? `{"index":${index},"value":${result.json}}` : JSON.stringify({ index, ...result });

const isError = (line: string, index: number) => line.startsWith(`{"index":${index},"error":`);
const notBegun = (index: number) => JSON.stringify({ index, error: "not begun" });
