import { spawn } from "node:child_process";
import { readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { copyOfCheckout } from "./checkout.ts";
import { temporaryFolder } from "./temporary.ts";

const ROOT = join(import.meta.dirname, "../..");

/**
 * A checkout in which nothing can be built: a file is in the place of dist/, which stops root too, and unlike a folder that
 * is read-only it does so without a mount.
 */
export function unwritableCheckout() {
  const root = copyOfCheckout();
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  writeFileSync(join(root, "dist"), "");
  return {
    files: () => readdirSync(root).toSorted(),
    /** Runs its command line, with this folder for the user's caches. */
    async run(cache: string, ...args: string[]) {
      const child = spawn(process.execPath, [join(root, "cli/main.js"), ...args], {
        cwd: temporaryFolder(),
        env: { ...process.env, XDG_CACHE_HOME: cache },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
      const [code, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
      return { code, stdout, stderr };
    },
  };
}
