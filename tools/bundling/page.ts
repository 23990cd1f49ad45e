/** The page of reports, without data: one file with its program and its style inside. */
import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import { Folder } from "../../shared/ports/file/folder.ts";
import { replaceModule } from "./bundle-plugins.ts";
import { DIST, expectWritable, IS_BUILT, ROOT } from "./dist.ts";
import { isFresh, writeStamp } from "./stamp.js";

const SOURCES = "client/report/browser";
const STYLE = `${SOURCES}/style.css`;
const FOLDER = join(DIST, "page");
const NAME = "report.html";

const PAGE = join(FOLDER, NAME);
/** Where a job's data belongs in it. */
export const DATA_MARK = "@data@";
/** Where it lies in a folder of built files. */
export const PAGE_PATH = `page/${NAME}`;

/** The page's path; a checkout builds it where its sources changed since the last time. */
export async function ensurePage(): Promise<string> {
  if (IS_BUILT || isFresh(FOLDER)) return PAGE;
  expectWritable(FOLDER);
  const beganAtMs = Date.now();
  const { html, inputs } = await pageHtml();
  // Another process may be building, or reading, the same page: it sees either the old file or the new one.
  new Folder({ "": FOLDER }).write(NAME, html);
  writeStamp(FOLDER, beganAtMs, inputs, [relative(ROOT, PAGE)]);
  return PAGE;
}

/** The page, and the files that it is made of. A browser runs no script in it but the one that was built. */
export async function pageHtml(): Promise<{ readonly html: Uint8Array; readonly inputs: readonly string[] }> {
  const { build } = await import("esbuild");
  const script = await build({
    absWorkingDir: ROOT,
    entryPoints: [`${SOURCES}/main.ts`],
    ...{ bundle: true, minify: true, write: false, metafile: true, logLevel: "error" },
    ...{ format: "iife", platform: "browser", target: "es2022", charset: "utf8" },
    // What pictures are drawn on, and how wide letters are, is the browser's.
    plugins: [
      replaceModule(/^\.\/canvas\.ts$/, join(ROOT, SOURCES, "browser-canvas.ts")),
      replaceModule(/^\.\/outlines\.ts$/, join(ROOT, SOURCES, "browser-letters.ts")),
    ],
  });
  const style = await build({
    absWorkingDir: ROOT,
    entryPoints: [STYLE],
    ...{ minify: true, write: false, logLevel: "error" },
  });
  const [program = "", css = ""] = [script, style].map(({ outputFiles: [file] }) => file?.text.trim());
  const html = Buffer.from(skeleton(program, css));
  const ours = Object.keys(script.metafile.inputs).filter((path) => !path.includes("node_modules/"));
  return { html, inputs: [...ours, STYLE, "tools/bundling/page.ts"].sort() };
}

function skeleton(program: string, style: string): string {
  const hash = createHash("sha256").update(program).digest("base64");
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>manyhands</title>
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer"><link rel="icon" href="data:,">
<style>${style}</style></head><body>
<main id="report"><h1>manyhands</h1><p>A script draws this report, and has not run here.</p></main>
<script type="text/plain" id="data">${DATA_MARK}</script>
<script>${program}</script></body></html>
`;
}
