/** The pages of the documentation's site: those of docs/, and what they lead to. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, extname, join, matchesGlob, relative } from "node:path";

/** The site's first page, which stands at the root of all others. */
const LANDING = "docs/site/index.md";
const README = "README.md";
/** Other people's licences: shown as they are. */
const NO_PAGES = new Set(["THIRD-PARTY-LICENCES.md"]);
const PICTURES = new Set([".png", ".svg"]);
const LANGUAGES: Readonly<Record<string, string>> = {
  ...{ ".json": "json", ".py": "python", ".sh": "sh", ".ts": "ts", ".xml": "xml", ".yml": "yaml" },
};

/** What the site is built from, by paths: a page's text, or a file that is copied. */
export interface SitePages {
  readonly texts: ReadonlyMap<string, string>;
  readonly copies: readonly string[];
}

/**
 * Pages under their own paths, so that links among them stay as they are; the landing page is `index.md`. A file of another kind that a page
 * links becomes a page with its text, since browsers download sources rather than show them; a folder becomes its README, or no link.
 * @throws BrokenLinksError
 */
export function sitePages(root: string): SitePages {
  const texts = new Map<string, string>();
  const copies = new Set<string>();
  const broken: string[] = [];
  const waiting = [LANDING, README, ...docsOf(root)];
  for (const page of waiting) {
    if (texts.has(stagedAs(page))) continue;
    const text = readFileSync(join(root, page), "utf8");
    const rewritten = withLinks(text, (link) => {
      const [path = "", anchor = ""] = split(decodeURI(link));
      const target = relative(root, join(root, dirname(page), path));
      if (!existsSync(join(root, target)) || target.startsWith("..")) {
        broken.push(`${page} links ${link}`);
        return link;
      }
      if (PICTURES.has(extname(target))) {
        copies.add(target);
        return from(page, target);
      }
      const shown = pageOf(root, target);
      if (shown === undefined) return undefined;
      if (isPage(shown)) waiting.push(shown);
      else texts.set(`${shown}.md`, sourcePage(shown, readFileSync(join(root, shown), "utf8")));
      return from(page, isPage(shown) ? stagedAs(shown) : `${shown}.md`) + anchor;
    });
    texts.set(stagedAs(page), rewritten);
  }
  if (broken.length > 0) throw new BrokenLinksError(broken);
  texts.set("index.md", withoutEmptyLists(texts.get("index.md")!, [...texts.keys()]));
  return { texts, copies: [...copies] };
}

export class BrokenLinksError extends Error {
  override readonly name = "BrokenLinksError";
  constructor(links: readonly string[]) {
    super(`Expected links that lead to a file, got:\n${links.map((link) => `  ${link}`).join("\n")}`);
  }
}

const docsOf = (root: string): string[] =>
  readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md") && !path.startsWith("site/"))
    .map((path) => join("docs", path))
    .sort();

const isPage = (path: string) => path.endsWith(".md") && !NO_PAGES.has(path);
const stagedAs = (page: string) => (page === LANDING ? "index.md" : page);
const from = (page: string, target: string) => relative(dirname(stagedAs(page)), target);

/** `cli.md#run` as the path and `#run`. */
function split(link: string): [string, string] {
  const at = link.indexOf("#");
  return at < 0 ? [link, ""] : [link.slice(0, at), link.slice(at)];
}

/** The file that stands for a target; undefined for a folder without a README. */
function pageOf(root: string, target: string): string | undefined {
  if (statSync(join(root, target)).isFile()) return target;
  const readme = join(target, README);
  return existsSync(join(root, readme)) ? readme : undefined;
}

/**
 * The text with each link to a file as `target` gives it; where that is undefined, its words alone. Code and links to elsewhere stay.
 */
export function withLinks(text: string, target: (link: string) => string | undefined): string {
  return text.replace(
    /^(`{3,})[^\n]*\n[\s\S]*?^\1`*$|(`+)[^`][\s\S]*?\2|\[((?:[^[\]\n]|\n(?!\n)|\[[^\]]*\])*)\]\(([^()\s]+)(\s+"[^"\n]*")?\)/gm,
    (whole, _fence, _code, words, link, title = "") => {
      if (link === undefined || /^([a-z]+:|#)/.test(link)) return whole;
      const shown = target(link);
      return shown === undefined ? words : `[${words}](${shown}${title})`;
    },
  );
}

/** Sphinx takes a pattern that no page has, in the landing page's lists of pages, for a mistake. */
const withoutEmptyLists = (text: string, pages: readonly string[]): string =>
  text.replace(/^docs\/\S*\*\n/gm, (line) =>
    pages.some((page) => matchesGlob(page, `${line.trim()}.md`)) ? line : "",
  );

/** A page that no list of pages has, with a file's text. */
function sourcePage(path: string, text: string): string {
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = "`".repeat(Math.max(2, ...runs) + 1);
  return `---\norphan: true\n---\n\n# ${path}\n\n${fence}${LANGUAGES[extname(path)] ?? "text"}\n${text.trimEnd()}\n${fence}\n`;
}
