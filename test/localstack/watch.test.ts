/** The page of a job on a deployment: filled while it runs, and as it ended. */
import { expect, test } from "vitest";
import { deployedSite } from "../helpers/site.ts";
import { holes, pagesAt, startWatched } from "../helpers/watched.ts";

const site = deployedSite({ args: ["-c", "maxConcurrency=4"] });
const watched = (...args: string[]) =>
  startWatched([...args, "--no-open"], { cwd: site.folder, env: site.localStack.environment });

test("a remote run fills its page, and `watch` shows the same job from its reports", async () => {
  const job = ["--size", "1000", "--chunk", "50x50", "--chunks-per-message", "1", "--job-id", "seen"];
  const run = watched("run", "--engine", "aws", ...job, "--watch");
  const pages = await pagesAt(await run.url);
  expect(await run.ended).toMatchObject({ code: 0 });
  const last = pages.at(-1)!;
  expect(last).toMatchObject({ state: "complete", counts: { total: 100, done: 100, failed: 0 } });
  expect(last.bars).toHaveLength(100);
  // It came bit by bit.
  expect(pages.filter((page) => holes(page) > 0 && page.counts.done > 0).length).toBeGreaterThan(0);

  const shown = watched("watch", "seen", "--engine", "aws");
  const ended = (await pagesAt(await shown.url)).at(-1)!;
  expect(ended).toMatchObject({ jobId: "seen", state: "complete", counts: last.counts });
  expect(holes(ended)).toBe(0);
  shown.child.kill("SIGINT");
  expect(await shown.ended).toMatchObject({ code: 0 });
});
