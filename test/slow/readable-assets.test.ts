import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import cdkJson from "../../cdk.json" with { type: "json" };
import { temporaryFolder } from "../helpers/temporary.ts";

const APP = join(import.meta.dirname, "../../infra/app.ts");

/** Whether everybody may read each file, and enter each folder, of the assets that the CDK would zip. */
function modesIn(outdir: string) {
  const paths = readdirSync(outdir, { recursive: true, encoding: "utf8" }).filter((path) =>
    path.startsWith("asset."),
  );
  return Object.fromEntries(
    paths.map((path) => {
      const stats = statSync(join(outdir, path));
      const needed = stats.isDirectory() ? 0o555 : 0o444;
      return [path, { mode: (stats.mode & 0o777).toString(8), isReadable: (stats.mode & needed) === needed }];
    }),
  );
}

test("whatever the umask, Lambda can read what is deployed, the CDK's own function too", () => {
  const outdir = temporaryFolder();
  const context = { ...cdkJson.context, removeObjects: true };
  const env = { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) };
  execFileSync("sh", ["-c", 'umask 077; exec "$0" "$1"', process.execPath, APP], { env, stdio: "pipe" });
  const modes = modesIn(outdir);
  const files = Object.keys(modes).filter((path) => path.endsWith("index.js"));
  expect(files).toHaveLength(4);
  expect(Object.entries(modes).filter(([, { isReadable }]) => !isReadable)).toEqual([]);
});
