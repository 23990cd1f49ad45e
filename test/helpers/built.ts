import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Builds what the command line runs, so that no test sees it being built. */
export function setup(): void {
  execFileSync(process.execPath, [join(import.meta.dirname, "../../tools/bundling/bundles.ts")]);
}
