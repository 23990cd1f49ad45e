/** `npm run docs`: builds the documentation's site, or says in a sentence what keeps it from being built. */
import { join, relative } from "node:path";
import { buildSite, NoSphinxError, SITE, SiteError } from "./build-site.ts";
import { BrokenLinksError } from "./pages.ts";

try {
  const { pages } = buildSite();
  console.log(
    `The site has ${pages} pages; it begins with ${relative(process.cwd(), join(SITE, "index.html"))}`,
  );
} catch (error) {
  if (!(error instanceof NoSphinxError || error instanceof SiteError || error instanceof BrokenLinksError))
    throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof NoSphinxError ? 2 : 1;
}
