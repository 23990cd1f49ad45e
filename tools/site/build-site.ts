/** Builds the documentation's site with Sphinx, in a virtual environment of its own. */
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { faultsOf } from "./check-site.ts";
import { sitePages } from "./pages.ts";

const ROOT = join(import.meta.dirname, "../..");
const SETTINGS = join(ROOT, "docs/site");
/** Where the site lies once it is built; its first page is `index.html`. */
export const SITE = join(ROOT, "docs-site");

/** Python, its venv module or the packages are not there: what they printed. */
export class NoSphinxError extends Error {
  override readonly name = "NoSphinxError";
}

/** A page has a fault: what Sphinx printed of it, or what its HTML lacks. */
export class SiteError extends Error {
  override readonly name = "SiteError";
}

/** Builds the site anew; the former one stays until it is whole. Throws NoSphinxError, BrokenLinksError and SiteError. */
export function buildSite(): { readonly pages: number } {
  const sphinx = installedSphinx();
  const made = mkdtempSync(join(tmpdir(), "manyhands-site-"));
  try {
    const { texts, copies } = sitePages(ROOT);
    for (const [path, text] of texts) writeFileSync(placeFor(join(made, "pages", path)), text);
    for (const path of copies) copyFileSync(join(ROOT, path), placeFor(join(made, "pages", path)));
    const built = join(made, "site");
    const { stdout, stderr, status } = spawnSync(
      sphinx,
      [
        ...["-b", "html", "-c", SETTINGS, "-d", join(made, "read"), "-j", "auto", "-q", "-W", "--keep-going"],
        ...[join(made, "pages"), built],
      ],
      { encoding: "utf8" },
    );
    if (status !== 0)
      throw new SiteError(`${stdout}${stderr}`.replaceAll(`${join(made, "pages")}/`, "").trim());
    rmSync(join(built, ".buildinfo"), { force: true });
    const faults = faultsOf(built);
    if (faults.length > 0) throw new SiteError(faults.join("\n"));
    rmSync(SITE, { recursive: true, force: true });
    cpSync(built, SITE, { recursive: true });
    return { pages: texts.size };
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** The path of sphinx-build, installed as requirements.txt pins it. */
function installedSphinx(): string {
  const venv = join(SETTINGS, ".venv");
  const { stderr, status, error } = spawnSync(
    "sh",
    ["test/python/venv.sh", "../../docs/site/requirements.txt"],
    {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, VENV: venv },
    },
  );
  if (error || status !== 0)
    throw new NoSphinxError(
      `Expected Python 3.11 or later with its venv module, and PyPI, to install Sphinx, got: ${error?.message ?? stderr.trim()}`,
    );
  return join(venv, "bin/sphinx-build");
}

function placeFor(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  return path;
}
