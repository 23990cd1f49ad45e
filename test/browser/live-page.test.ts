import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { axeFindings, CHROMIUM, openPage, paintedShare } from "../helpers/chromium.ts";
import { runCli } from "../helpers/cli.ts";
import { temporaryFolder } from "../helpers/temporary.ts";
import { startWatched } from "../helpers/watched.ts";

const MARKUP = "<img src=x onerror=alert(1)></script><script>alert(2)</script>";

/** A kernel with texts that a page must not obey. */
const HOSTILE = `import { kernel } from "manyhands/kernel";
export default kernel({
  name: "hostile",
  about: ${JSON.stringify(MARKUP)},
  inputs: { x: { about: ${JSON.stringify(MARKUP)}, unit: "<b>s</b>", default: 0, from: 0, to: 9 } },
  value: { name: "v", about: ${JSON.stringify(MARKUP)}, unit: "<i>" },
  point: ({ x }) => { if (x > 7) throw new Error(${JSON.stringify(MARKUP)}); return x; },
});
`;

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
    const run = startWatched(["run", ...job, "--watch", "--no-open"]);
    const { page, errors } = await openPage();
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
    const cwd = temporaryFolder();
    await runCli(["run", "-e", "threads", "--size", "400", "--no-plots", "-q", "--out", "out"], { cwd });
    const shown = startWatched(["watch", "out", "--no-open"], cwd);
    // axe-core is a script of the test's: the page's own policy admits none.
    const { page } = await openPage({ bypassCSP: true, viewport: { width: 400, height: 800 } });
    await page.goto(await shown.url);
    await page.getByText("complete", { exact: true }).waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFindings(page), colorScheme).toEqual([]);
    }
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
    shown.child.kill("SIGINT");
    await shown.ended;
  });

  test("a browser that was cut off gets the whole page again", async () => {
    const cwd = temporaryFolder();
    await runCli(["run", "-e", "threads", "--size", "400", "--no-plots", "-q", "--out", "out"], { cwd });
    const shown = startWatched(["watch", "out", "--no-open"], cwd);
    const { page, errors } = await openPage();
    await page.goto(await shown.url);
    await page.getByText("complete", { exact: true }).waitFor();
    await page.reload();
    await page.getByText("complete", { exact: true }).waitFor();
    await expect.poll(() => paintedShare(page, "#picture")).toBe(1);
    expect(errors).toEqual([]);
    shown.child.kill("SIGINT");
    await shown.ended;
  });

  test("names, units and errors are text, holes are holes, and one axis is a row", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "hostile.ts"), HOSTILE);
    const job = ["--points", "10", "--chunk", "2", "--no-plots", "-q", "--out", "out"];
    expect(await runCli(["run", "./hostile.ts", "-e", "threads", ...job], { cwd })).toMatchObject({
      code: 3,
    });
    const shown = startWatched(["watch", "out", "--no-open"], cwd);
    const { page, errors } = await openPage();
    page.on("dialog", () => errors.push("a dialog"));
    await page.goto(await shown.url);
    await page.getByText("incomplete", { exact: true }).waitFor();
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.textContent("#failures")).toContain(MARKUP);
    expect(await page.textContent("#range")).toContain(MARKUP);
    await expect.poll(() => paintedShare(page, "#picture")).toBeCloseTo(0.8);
    expect(errors).toEqual([]);
    shown.child.kill("SIGINT");
    await shown.ended;
  });
});
