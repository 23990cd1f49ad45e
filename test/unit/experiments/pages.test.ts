import { expect, test } from "vitest";
import { render } from "../../../experiments/measuring/page.ts";
import { page, readAll, SOURCES } from "../../../experiments/speed/page.ts";
import { pageFromResults, storedPage } from "../../helpers/experiment-page.ts";

/** The pages that only show what was recorded; `slow/simulated-pages` has those that also simulate. */
test.each([
  "cold-start",
  "kernels",
  "load",
  "lost-tasks",
  "machines",
  "maths",
  "memory",
  "own-kernels",
  "peers",
  "pipeline",
  "plan",
  "start-up",
  "watch",
])("docs/experiments/%s.md is what its command makes of the recorded results", async (name) =>
  expect(await pageFromResults(name)).toBe(storedPage(name)),
);

test("docs/experiments/speed.md is what the other experiments' results make", () => {
  const all = readAll();
  expect(render("speed", page(all), all["start-up"].from, SOURCES)).toBe(storedPage("speed"));
});

test("a page begins with its answer, one line in bold", () => {
  const origin = { date: "2026-01-02", commit: "abc", machine: "2 cores", node: "v24", command: "" };
  const tables = [{ title: "T", columns: ["a", "b"], rows: [[1, "x"]] }];
  expect(render("name", { answer: "It takes 3 ms.", about: "About.", tables }, origin, ["name"])).toBe(
    `# name

**It takes 3 ms.**

About.

Measured on 2026-01-02, 2 cores, Node v24, commit abc.

**T**

| a | b |
| --- | --- |
| 1 | x |

Made by \`node experiments/name/run.ts\` from \`experiments/name/results.json\`.
`,
  );
});
