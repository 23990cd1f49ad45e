import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { liveHtml } from "../../client/watch/live-html.ts";
import { axeFindings, CHROMIUM, openPage, paintedShare } from "../helpers/chromium.ts";
import { runCli } from "../helpers/cli.ts";
import { HOSTILE, MARKUP } from "../helpers/hostile-kernel.ts";
import { temporaryFolder } from "../helpers/temporary.ts";
import { startWatched } from "../helpers/watched.ts";

/** A kernel of six inputs and two values, of which the second one falls as the first one rises. */
const SIX = `import { kernel } from "manyhands/kernel";
const input = (about) => ({ about, unit: "m", default: 0, from: 0, to: 3 });
export default kernel({
  name: "six",
  inputs: { a: input("first"), b: input("second"), c: input("third"), d: input("fourth"), e: input("fifth"), f: input("sixth") },
  values: { up: { about: "the sum" }, down: { about: "the same, negative" } },
  point: ({ a, b, c, d, e, f }) => { const sum = a + b + c + d + e + f; return { up: sum, down: -sum }; },
});
`;

/** A job that has ended, or one of a file of this text, on the page of `watch`. */
async function shown(
  job: readonly string[],
  { source = "", ...options }: { readonly source?: string } & BrowserContextOptions = {},
) {
  const cwd = temporaryFolder();
  if (source) writeFileSync(join(cwd, "own.ts"), source);
  const run = [
    "run",
    ...(source ? ["./own.ts"] : []),
    "-e",
    "threads",
    ...job,
    "--no-plots",
    "-q",
    "--out",
    "out",
  ];
  const { code, stderr } = await runCli(run, { cwd });
  const watching = startWatched(["watch", "out", "--no-open"], { cwd });
  onTestFinished(async () => {
    watching.child.kill("SIGINT");
    await watching.ended;
  });
  const { page, errors } = await openPage(options);
  await page.goto(await watching.url);
  await page.waitForFunction("isOver");
  return { page, errors, code, stderr };
}

/** The page with these events, in a tab that is hidden: no frame is drawn before `show` is called. */
async function hidden(events: Readonly<Record<string, unknown>>) {
  const { page, errors } = await openPage();
  await page.addInitScript(`let later; requestAnimationFrame = (draw) => { later = draw; return 1; };
    globalThis.show = () => later();`);
  await page.route("**/*", (route) =>
    route.fulfill(
      new URL(route.request().url()).pathname === "/events"
        ? {
            contentType: "text/event-stream",
            body: Object.entries(events)
              .map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
              .join(""),
          }
        : { contentType: "text/html", body: liveHtml() },
    ),
  );
  await page.goto("http://localhost/");
  await page.waitForFunction("isOver");
  return { page, errors, show: () => page.evaluate("show()") };
}

/** Whether the page is wider than its window. */
const overhang = (page: Page) => page.evaluate("document.documentElement.scrollWidth - innerWidth");

describe.runIf(CHROMIUM)("in Chromium", () => {
  test("the array fills while the job runs, and the page stays as it ended", async () => {
    const job = [
      "double-pendulum",
      "--points",
      "400x300",
      "--chunk",
      "20x20",
      "--duration",
      "40",
      "--out",
      "out",
    ];
    const { page, errors } = await openPage();
    const run = startWatched(["run", ...job, "--watch", "--no-open"]);
    await page.goto(await run.url);
    const done = () => page.$eval("#done", (bar) => (bar as unknown as { value: number }).value);
    await expect.poll(done, { timeout: 30_000, interval: 20 }).toBeGreaterThan(10);
    const partly = await paintedShare(page, "#picture");
    expect(partly).toBeGreaterThan(0);
    expect(partly).toBeLessThan(1);
    expect(await page.textContent("#state")).toBe("running");
    expect(await run.ended).toMatchObject({ code: 0 });
    await page.getByText("complete", { exact: true }).waitFor();
    await expect.poll(() => paintedShare(page, "#picture")).toBe(1);
    expect(await page.textContent("#chunks")).toBe("300 of 300 stored");
    expect(await paintedShare(page, "#timeline")).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });

  test("it is clean for axe-core in light and dark, and needs no scrolling aside at 400 px", async () => {
    // axe-core is a script of the test's: the page's own policy admits none.
    const { page } = await shown(["--size", "400"], {
      bypassCSP: true,
      viewport: { width: 400, height: 800 },
    });
    await page.getByText("complete", { exact: true }).waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFindings(page), colorScheme).toEqual([]);
    }
    expect(await overhang(page)).toBe(0);
  });

  test("a browser that was cut off gets the whole page again", async () => {
    const { page, errors } = await shown(["--size", "400"]);
    await page.getByText("complete", { exact: true }).waitFor();
    await page.reload();
    await page.getByText("complete", { exact: true }).waitFor();
    await expect.poll(() => paintedShare(page, "#picture")).toBe(1);
    expect(errors).toEqual([]);
  });

  test("names, units and errors are text, holes are holes, and one axis is a row", async () => {
    const options = { source: HOSTILE, bypassCSP: true, viewport: { width: 400, height: 800 } };
    const { page, errors, code } = await shown(["--points", "10", "--chunk", "2"], options);
    page.on("dialog", () => errors.push("a dialog"));
    expect(code).toBe(3);
    await page.getByText("incomplete", { exact: true }).waitFor();
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.textContent("#failures")).toContain(MARKUP);
    expect(await page.textContent("#range")).toContain(MARKUP);
    await expect.poll(() => paintedShare(page, "#picture")).toBeCloseTo(0.8);
    const size = await page.$eval("#picture", (canvas) => {
      const { width, height } = canvas as unknown as { width: number; height: number };
      return [width, height];
    });
    expect(size).toEqual([10, 1]);
    expect(await overhang(page)).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("six axes: the first two are drawn, and where the others are cut is told", async () => {
    const { page, errors } = await shown(["--points", "3x3x3x3x3x3"], { source: SIX });
    await page.getByText("complete", { exact: true }).waitFor();
    await expect.poll(() => paintedShare(page, "#picture")).toBe(1);
    const range = await page.textContent("#range");
    expect(range).toContain("Down: first (m) from 0 to 2; across: second (m) from 0 to 2.");
    expect(range).toMatch(/Cut at third \(m\) \d, fourth \(m\) \d, fifth \(m\) \d, sixth \(m\) \d\./);
    expect(errors).toEqual([]);
  });

  test("the keyboard reaches what there is to choose, shows where it is, and chooses", async () => {
    const { page } = await shown(["--points", "3x3x1x1x1x1"], { source: SIX, bypassCSP: true });
    await page.getByText("complete", { exact: true }).waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.id")).toBe("value");
    const outline = "getComputedStyle(document.activeElement).outlineStyle";
    expect(await page.evaluate(outline)).toBe("solid");
    const before = await page.textContent("#range");
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => page.textContent("#range")).not.toBe(before);
    expect(await page.textContent("#range")).toMatch(/^From -4 /);
    // Nothing else takes the focus: the next key leaves the page.
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("BODY");
    expect(await axeFindings(page)).toEqual([]);
  });

  test("nothing moves by itself, also where less motion is not asked for", async () => {
    const { page } = await shown(["--size", "400"]);
    for (const reducedMotion of ["reduce", "no-preference"] as const) {
      await page.emulateMedia({ reducedMotion });
      await page.getByText("complete", { exact: true }).waitFor();
      expect(await page.evaluate("document.getAnimations().length")).toBe(0);
    }
  });

  test("in a hidden tab too, bars beyond the bound are merged with their neighbours alone", async () => {
    // Two workers in hundredths of a millisecond: at work in the first and the last 40 % of the time, each in 10,001 chunks.
    const lane = (worker: number, from: number) =>
      Array.from({ length: 10_001 }, (_, k) => [worker, 0, 1, from + 40 * k, 40, 40]);
    const bars = [0, 1].flatMap((worker) => [...lane(worker, 0), ...lane(worker, 600_000)]);
    const { page, errors, show } = await hidden({
      page: {
        ...{ jobId: "j", kernel: "k", state: "running", axes: [], values: [], lanes: [], bars: [] },
        ...{ failures: [], counts: { total: 40_004, done: 0, failed: 0, failedAttempts: 0, workers: 2 } },
      },
      change: { lanes: ["a", "b"], bars },
      end: {},
    });
    const kept = (await page.evaluate("page.bars.length")) as number;
    expect(kept).toBeGreaterThan(10_000);
    expect(kept).toBeLessThanOrEqual(20_000);
    await show();
    // A row of each lane's 24 is left free.
    expect(await paintedShare(page, "#timeline")).toBeCloseTo((0.8 * 23) / 24, 2);
    expect(errors).toEqual([]);
  });

  test("a job that is cancelled says so, and keeps what came", async () => {
    const job = ["double-pendulum", "--points", "400x400", "--chunk", "20x20", "--duration", "300"];
    const { page, errors } = await openPage();
    const options = ["-e", "threads", "--no-plots", "--out", "out", "--watch", "--no-open"];
    const run = startWatched(["run", ...job, ...options]);
    await page.goto(await run.url);
    const done = () => page.$eval("#done", (bar) => (bar as unknown as { value: number }).value);
    await expect.poll(done, { timeout: 30_000, interval: 20 }).toBeGreaterThan(5);
    expect(await runCli(["cancel", "out"], { cwd: run.cwd })).toMatchObject({ code: 0 });
    await page.getByText("cancelled", { exact: true }).waitFor();
    expect(await run.ended).toMatchObject({ code: 3 });
    const painted = await paintedShare(page, "#picture");
    expect(painted).toBeGreaterThan(0);
    expect(painted).toBeLessThan(1);
    expect(await page.isHidden("#left")).toBe(true);
    expect(errors).toEqual([]);
  });
});
