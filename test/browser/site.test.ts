import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { buildSite, NoSphinxError, SITE } from "../../tools/site/build-site.ts";
import { axeFindings, CHROMIUM, openPage } from "../helpers/chromium.ts";

/** Pages that scroll aside in a table and in code, one of prose, and the lessons' first. */
const PAGES = ["index.html", "docs/cli.html", "docs/decisions/site.html", "docs/lessons/README.html"];
const addressOf = (page: string) => pathToFileURL(join(SITE, page)).href;

/** A page from the disk, in a browser that reaches no network, and what it asked for. */
async function openFromDisk(page: string, options: Parameters<typeof openPage>[0] = {}) {
  const opened = await openPage({ ...options, offline: true });
  const asked: string[] = [];
  opened.page.on("request", (request) => asked.push(request.url()));
  await opened.page.goto(addressOf(page));
  return { ...opened, asked };
}

const elsewhere = (asked: readonly string[]) => asked.filter((url) => !/^(file|data):/.test(url));

describe.runIf(CHROMIUM && isBuilt())("the site from the disk, in Chromium", () => {
  test("it begins with a picture that fills, and its links lead to pages", async () => {
    const { page, errors, asked } = await openFromDisk("index.html");
    await page.getByRole("img", { name: /fills chunk by chunk/ }).waitFor();
    expect(
      await page.$eval(
        "img[src$='filling.svg']",
        (image) => (image as unknown as { naturalWidth: number }).naturalWidth,
      ),
    ).toBeGreaterThan(100);
    await page.getByRole("link", { name: "design", exact: true }).first().click();
    await page.waitForURL(addressOf("docs/design.html"));
    expect(asked.length).toBeGreaterThan(5);
    expect(elsewhere(asked)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("search finds a page by a word, and leads to it", async () => {
    const { page, errors, asked } = await openFromDisk("index.html");
    await page.getByRole("textbox", { name: "Search" }).first().fill("redelivery");
    await page.keyboard.press("Enter");
    const found = page.locator('#search-results a[href*="docs/decisions/messages.html"]').first();
    await found.click();
    const address = addressOf("docs/decisions/messages.html");
    await page.waitForURL((url) => url.href.replace(/[?#].*/, "") === address);
    expect(elsewhere(asked)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("it is dark where that is preferred, and by its button", async () => {
    const { page } = await openFromDisk("index.html", { colorScheme: "dark" });
    const background = () =>
      page.evaluate("getComputedStyle(document.body).backgroundColor") as Promise<string>;
    const brightness = async () =>
      Math.max(...((await background()).match(/\d+/g) ?? []).slice(0, 3).map(Number));
    await expect.poll(brightness).toBeLessThan(60);
    await page.emulateMedia({ colorScheme: "light" });
    await expect.poll(brightness).toBeGreaterThan(200);
    await page.evaluate("document.body.dataset.theme = 'dark'");
    await expect.poll(brightness).toBeLessThan(60);
  });

  describe.each(["light", "dark"] as const)("axe-core finds nothing in %s", (colorScheme) => {
    test.each(PAGES)("%s, and nothing scrolls aside at 400 px", async (name) => {
      const { page } = await openFromDisk(name, { colorScheme, viewport: { width: 400, height: 800 } });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(400);
      expect(await axeFindings(page)).toEqual([]);
    });
  });

  test("the picture holds still, and is whole, where less motion is asked for", async () => {
    const { page } = await openFromDisk("index.html", { reducedMotion: "reduce" });
    await page.goto(addressOf(await page.getAttribute("img[src$='filling.svg']", "src").then(String)));
    const states = await page.evaluate(
      "[...document.querySelectorAll('.c')].map((c) => getComputedStyle(c).opacity + getComputedStyle(c).animationName)",
    );
    expect(new Set(states as string[])).toEqual(new Set(["0none"]));
  });
});

/** Builds it; says why where Sphinx cannot be installed. */
function isBuilt(): boolean {
  if (!CHROMIUM) return false;
  try {
    buildSite();
    return true;
  } catch (error) {
    if (!(error instanceof NoSphinxError)) throw error;
    console.warn(`Skipped: ${error.message}`);
    return false;
  }
}
