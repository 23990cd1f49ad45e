import { existsSync } from "node:fs";
import axe from "axe-core";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";

/** Debian's; nothing is downloaded. */
export const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => existsSync(path));

if (CHROMIUM === undefined)
  console.warn("Skipped: there is no /usr/bin/chromium. On Debian, `apt-get install chromium` brings it.");

/** A page of a browser of the test's own, and what went wrong in it. */
export async function openPage(
  options: BrowserContextOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const isRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath: CHROMIUM ?? "",
    args: isRoot ? ["--no-sandbox"] : [], // the sandbox refuses root
  });
  onTestFinished(() => browser.close());
  const page = await browser.newPage(options);
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  return { page, errors };
}

/** What axe-core finds wrong with the page as it looks now. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe.source });
  const found = await page.evaluate(() =>
    (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe.run(),
  );
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** The share of a canvas that is painted. */
export const paintedShare = (page: Page, selector: string): Promise<number> =>
  page.$eval(selector, (element) => {
    const canvas = element as unknown as {
      width: number;
      height: number;
      getContext(kind: "2d"): CanvasLike;
    };
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let painted = 0;
    for (let at = 3; at < data.length; at += 4) if (data[at]) painted++;
    return painted / (canvas.width * canvas.height);
  });

interface CanvasLike {
  getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
}
