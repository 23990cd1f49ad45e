import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { makePackage } from "../../tools/package/make-package.ts";
import { temporaryFolder } from "./temporary.ts";

export const ROOT = join(import.meta.dirname, "../..");

/** The npm package of these sources, made once in a test file; others make theirs at the same time, elsewhere. */
export const packed = await makePackage(mkdtempSync(join(tmpdir(), "manyhands-packages-")));

/** A folder with the package as it is packed, and with links to some of our own packages beside it. No registry is asked. */
export function unpacked(...beside: readonly string[]): { folder: string; installed: string } {
  const folder = temporaryFolder();
  const installed = join(folder, "node_modules/manyhands");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", packed.tarball, "-C", installed, "--strip-components=1"]);
  for (const name of ["esbuild", "ioredis", ...beside]) {
    mkdirSync(dirname(join(folder, "node_modules", name)), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  }
  return { folder, installed };
}
