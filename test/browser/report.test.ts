import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { usd } from "../../shared/validation/usd.ts";
import { axeFindings, CHROMIUM, openPage } from "../helpers/chromium.ts";
import { runCli } from "../helpers/cli.ts";
import { HOSTILE, MARKUP } from "../helpers/hostile-kernel.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** Sums what is swept, of six axes. */
const SIX = `import { kernel } from "manyhands/kernel";
const axis = { from: 0, to: 1 };
export default kernel({
  name: "six",
  inputs: { a: axis, b: axis, c: axis, d: axis, e: axis, word: { choices: ["euler", "rk4"] } },
  values: { sum: {}, product: {} },
  point: ({ a, b, c, d, e }) => ({ sum: a + b + c + d + e, product: a * b * c * d * e }),
});
`;

/** Opens the report as a file, in a browser without a network; `asked` is what it asked for beside that file. */
async function openReport(folder: string, options: BrowserContextOptions = {}) {
  const opened = await openPage({ offline: true, ...options });
  const { page, errors } = opened;
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("dialog", () => errors.push("a dialog"));
  await page.goto(pathToFileURL(join(folder, "report.html")).href);
  await page.locator("#command").waitFor();
  return { ...opened, asked };
}

/** Runs the job in a folder of its own, and returns that. */
async function reportOf(args: readonly string[], { file = "", code = 0 } = {}): Promise<string> {
  const cwd = temporaryFolder();
  if (file) writeFileSync(join(cwd, "own.ts"), file);
  const job = ["run", ...args, "--no-plots", "-q", "--out", "out"];
  expect(await runCli(job, { cwd })).toMatchObject({ code });
  return join(cwd, "out");
}

/** When the point escapes, as the tutorial counts. */
function escapeTime(x: number, y: number): number {
  let [re, im] = [0, 0];
  for (let k = 0; k < 1000; k++) {
    [re, im] = [re * re - im * im + x, 2 * re * im + y];
    if (Math.hypot(re, im) > 2) return k;
  }
  return 1000;
}

/** Stands for what the canvas shows, to tell whether it was drawn anew. */
async function pictureOf(page: Page, selector: string): Promise<string> {
  const url = await page.$eval(selector, (canvas) =>
    (canvas as unknown as { toDataURL(): string }).toDataURL(),
  );
  return createHash("sha256").update(url).digest("hex");
}

describe.runIf(CHROMIUM)("in Chromium", () => {
  test("the default job's report has less than 700 KB, asks for nothing, and tells each cell that is pointed at", async () => {
    const folder = await reportOf(["-e", "threads"]);
    expect(statSync(join(folder, "report.html")).size).toBeLessThan(700_000);
    const { page, errors, asked } = await openReport(folder);
    await page.locator("#heatmap").focus();
    await page.keyboard.press("PageUp");
    await page.keyboard.press("Home");
    expect(await page.textContent("#cell")).toBe("x = -2.13, y = 1.3: escape_time 0 iterations");
    for (let k = 0; k < 10; k++) await page.keyboard.press("Shift+ArrowDown");
    for (let k = 0; k < 20; k++) await page.keyboard.press("Shift+ArrowRight");
    const [x, y] = [-2.13 + 200 * 0.0058, 1.3 - 100 * 0.0052];
    const told = `x = ${Number(x.toPrecision(9))}, y = ${Number(y.toPrecision(9))}`;
    expect(await page.textContent("#cell")).toBe(`${told}: escape_time ${escapeTime(x, y)} iterations`);
    // The middle of the plot is c = -0.68, within the set.
    const box = (await page.locator("#heatmap").boundingBox())!;
    await page.mouse.move(box.x + 0.45 * box.width, box.y + 0.46 * box.height);
    await expect.poll(() => page.textContent("#cell")).toMatch(/escape_time 1,000 iterations$/);
    expect(await page.textContent("#state")).toBe("complete");
    expect(await page.locator("#command + pre").textContent()).toBe(
      "manyhands run -e threads --no-plots -q --out out",
    );
    expect(asked.filter((url) => !url.startsWith("file:"))).toEqual([]);
    expect(asked).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  test("the surface turns and the timeline zooms by keyboard, by buttons and by pointer", async () => {
    const folder = await reportOf(["-e", "threads", "--size", "200", "--chunk", "20x20"]);
    const { page, errors } = await openReport(folder);
    const before = await pictureOf(page, "#surface");
    await page.locator("#surface").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowUp");
    await expect.poll(() => page.textContent("#view")).toBe("Seen from azimuth -70°, elevation 40°.");
    expect(await pictureOf(page, "#surface")).not.toBe(before);
    await page.getByRole("button", { name: "As at first" }).click();
    await expect.poll(() => pictureOf(page, "#surface")).toBe(before);
    await page.locator("#surface").scrollIntoViewIfNeeded();
    const box = (await page.locator("#surface").boundingBox())!;
    await page.mouse.move(box.x + 300, box.y + 200);
    await page.mouse.down();
    await page.mouse.move(box.x + 350, box.y + 200);
    await page.mouse.up();
    await expect.poll(() => page.textContent("#view")).toBe("Seen from azimuth -80°, elevation 30°.");

    const whole = await page.textContent("#span");
    expect(whole).toMatch(/^All of it: 0 ms to /);
    const bars = await pictureOf(page, "#timeline");
    await page.locator("#timeline").focus();
    await page.keyboard.press("+");
    await expect.poll(() => page.textContent("#span")).toMatch(/^Shown: /);
    expect(await pictureOf(page, "#timeline")).not.toBe(bars);
    await page.keyboard.press("0");
    await expect.poll(() => page.textContent("#span")).toBe(whole);
    await page.getByRole("button", { name: "Zoom in" }).click();
    await expect.poll(() => page.textContent("#span")).toMatch(/^Shown: /);
    expect(errors).toEqual([]);
  });

  test("names, units and errors are text, what is missing is said, and one axis is a line", async () => {
    const folder = await reportOf(["./own.ts", "-e", "threads", "--points", "10", "--chunk", "2"], {
      ...{ file: HOSTILE, code: 3 },
    });
    const { page, errors } = await openReport(folder);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("section[aria-labelledby=failures]").textContent()).toContain(MARKUP);
    expect(await page.textContent("#report > p + p")).toBe(MARKUP);
    expect(await page.locator("#surface").count()).toBe(0);
    expect(await page.textContent("#report")).toContain("1 chunk of 5 is missing");
    await page.locator("#heatmap").focus();
    await page.keyboard.press("End");
    expect(await page.textContent("#cell")).toBe("x = 8.1 <b>s</b>: v is missing, NaN or infinite");
    await page.keyboard.press("Home");
    expect(await page.textContent("#cell")).toBe("x = 0 <b>s</b>: v 0 <i>");
    expect(errors).toEqual([]);
  });

  test("of six axes two are drawn, and the page says where the others are cut and how to see another cut", async () => {
    const points = ["--points", "4x5x2x2x3", "--word", "euler,rk4"];
    const folder = await reportOf(["./own.ts", "-e", "threads", ...points, "--job-id", "six"], { file: SIX });
    const { page, errors } = await openReport(folder);
    const text = await page.textContent("#report");
    expect(text).toContain("The picture is a cut: c = 0.5, d = 0.5, e = 0.333333, word = rk4.");
    expect(text).toContain("manyhands plot six --at c=0.5 --at d=0.5");
    expect(text).toContain("--at word=rk4");
    await page.locator("#heatmap").focus();
    await page.keyboard.press("PageDown");
    await page.keyboard.press("Home");
    // The first row is below: its axis ascends.
    expect(await page.textContent("#cell")).toBe("b = 0, a = 0: sum 1.33333333");
    await page.keyboard.press("End");
    const surface = await pictureOf(page, "#surface");
    await page.locator("#value").selectOption({ label: "product" });
    expect(await page.textContent("#cell")).toBe("b = 0.8, a = 0: product 0");
    expect(await pictureOf(page, "#surface")).not.toBe(surface);
    expect(errors).toEqual([]);
  });

  test("sums of money are those that the command prints, and memory is told in whole megabytes", async () => {
    const folder = await reportOf(["--size", "200"]);
    const { cost } = JSON.parse(readFileSync(join(folder, "summary.json"), "utf8"));
    const { page, errors } = await openReport(folder);
    expect(await page.textContent("#report")).toContain(`${usd(cost.usd)}, ${cost.basis}`);
    const told = await page.locator("section[aria-labelledby=memory] td:last-child").allTextContents();
    expect(told).toHaveLength(4);
    for (const each of told) expect(each).toMatch(/^[\d,]+ MB$/);
    expect(errors).toEqual([]);
  });

  test("the report of a cancelled job has what was stored", async () => {
    const cwd = temporaryFolder();
    const out = join(cwd, "out");
    const run = runCli(
      [
        "run",
        "double-pendulum",
        "--points",
        "400x300",
        "--chunk",
        "20x20",
        "--duration",
        "60",
        "-q",
        "--out",
        out,
      ],
      { cwd },
    );
    await expect
      .poll(async () => (await runCli(["cancel", out, "--json"], { cwd })).code, { timeout: 30_000 })
      .toBe(0);
    expect(await run).toMatchObject({ code: 3 });
    const { page, errors } = await openReport(out);
    expect(await page.textContent("#state")).toBe("cancelled");
    expect(await page.textContent("#report")).toMatch(/chunks? of 300 (is|are) missing/);
    expect(errors).toEqual([]);
  });

  test("it is clean for axe-core in light and dark, at 400 px too, and can be printed", async () => {
    const folder = await reportOf(["-e", "threads", "--size", "200"]);
    // axe-core is a script of the test's: the page's own policy admits none.
    const { page } = await openReport(folder, { bypassCSP: true, viewport: { width: 400, height: 800 } });
    await page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFindings(page), colorScheme).toEqual([]);
    }
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
    await page.setViewportSize({ width: 1200, height: 800 });
    // The page draws for its new width with its next frame.
    await expect.poll(() => page.$eval("#timeline", ({ clientWidth }) => clientWidth)).toBeGreaterThan(400);
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
    const dark = await pictureOf(page, "#heatmap");
    // The PDF's bytes do not tell its colours.
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await pictureOf(page, "#heatmap")).not.toBe(dark);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await pictureOf(page, "#heatmap")).toBe(dark);
    const pdf = await page.pdf();
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(pdf.length).toBeGreaterThan(20_000);
    await expect.poll(() => pictureOf(page, "#heatmap")).toBe(dark);
  });
});
