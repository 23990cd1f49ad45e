/** What Sphinx does not check of the pages that it made. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Attributes that a browser loads by itself; a link (`<a href>`) it follows when it is asked to. */
const LOADED = /<(?!a\b)\w+\b[^>]*?\s(?:href|src)="([^"]*)"/g;
const LINKED = /<a\b[^>]*?\shref="([^"]*)"/g;
const OF_STYLE = /(?:url\(\s*["']?|@import\s*["'])([^"')]+)/g;

/** A sentence for each link within the site that leads nowhere, and for all that a page would load from elsewhere. */
export function faultsOf(site: string): string[] {
  const files = readdirSync(site, { recursive: true, encoding: "utf8" });
  const texts = new Map(
    files
      .filter((path) => path.endsWith(".html"))
      .map((path) => [path, readFileSync(join(site, path), "utf8")]),
  );
  const ids = new Map([...texts].map(([path, text]) => [path, idsIn(text)]));
  const faults: string[] = [];
  const follow = (page: string, link: string) => {
    const [path = "", anchor = ""] = decodeURI(link.replaceAll("&amp;", "&")).split("#", 2);
    const target = path === "" ? page : relative(site, join(site, dirname(page), path.split("?", 1)[0]!));
    if (!existsSync(join(site, target))) faults.push(`${page} links ${link}, which is not there`);
    else if (anchor !== "" && ids.get(target)?.has(anchor) === false)
      faults.push(`${page} links ${link}, and ${target} has no such heading`);
  };
  for (const [page, text] of texts) {
    for (const link of matches(text, LINKED)) if (isWithin(link)) follow(page, link);
    for (const link of matches(text, LOADED)) {
      if (isWithin(link)) follow(page, link);
      else if (!link.startsWith("data:")) faults.push(`${page} loads ${link}`);
    }
  }
  for (const path of files.filter((each) => each.endsWith(".css")))
    for (const link of matches(readFileSync(join(site, path), "utf8"), OF_STYLE))
      if (!isWithin(link) && !link.startsWith("data:")) faults.push(`${path} loads ${link}`);
  return faults;
}

const isWithin = (link: string) => !/^([a-z]+:|\/\/)/i.test(link);
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, link = ""]) => link);
const idsIn = (text: string) => new Set(matches(text, /\sid="([^"]+)"/g));
