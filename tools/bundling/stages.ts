import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Stage } from "../../shared/build/bundling.ts";
import { DIST, IS_BUILT, ROOT } from "./dist.ts";
import { isFresh } from "./stamp.js";

let mayBeOld = !IS_BUILT;

/**
 * The bundle of a stage, as a file that lies there: the package has it, and a checkout builds all of them where their
 * inputs changed since. It does so in a process of its own, once in this one's life, because a construct is made
 * without waiting and esbuild's plugins take waiting.
 */
export const bundleOf = (stage: Stage): string => built(stage, "index.js");

/** What loads uploaded kernels, and what computes with them. */
export const uploadParts = (): string[] => [built("kernels", "host.js"), built("kernels", "apart.js")];

function built(...path: readonly string[]): string {
  if (mayBeOld && !isFresh(DIST)) {
    const stdio = ["ignore", "ignore", "inherit"] as const; // stdout may be the app's own
    execFileSync(process.execPath, [join(ROOT, "tools/bundling/bundles.ts")], { stdio: [...stdio] });
  }
  mayBeOld = false;
  return join(DIST, ...path);
}
