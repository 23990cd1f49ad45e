import { expect, test } from "vitest";
import { pageFromResults, storedPage } from "../helpers/experiment-page.ts";

/** These change with the splitter's packing, the estimate and the ramp: `node experiments/<name>/run.ts --page` writes them again. */
test.each([
  ["balance", "balance"],
  ["chunk-shapes", "balance"],
  ["cost", "cost"],
  ["ramps", "ramps"],
  ["threads", "threads"],
])("docs/experiments/%s.md is what today's code makes of the recorded results", async (name, source) => {
  expect(await pageFromResults(name, source)).toBe(storedPage(name));
});
