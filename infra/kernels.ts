import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { quoted } from "../shared/validation/command-line.ts";
import { SettingError } from "./settings.ts";

const PROGRAM = join(import.meta.dirname, "../tools/kernels/deploy.ts");

/** The hash of each kernel by its name, as its file is now. Throws SettingError with the sentence of the one that cannot be built. */
export function hashesOf(paths: readonly string[]): Readonly<Record<string, string>> {
  if (paths.length === 0) return {};
  try {
    // In a process of its own: a construct is made without waiting, and building a kernel takes waiting.
    const text = execFileSync(process.execPath, [PROGRAM, ...paths], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return JSON.parse(text);
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    throw new SettingError("kernels", "files of kernels that can be built", paths.join(","), stderr.trim());
  }
}

/** The command that puts the kernels into a function's folder before it is zipped. */
export function intoZip(paths: readonly string[], output: string): string[] {
  if (paths.length === 0) return [];
  // Absolute: bundling runs it in the project's folder, which need not be the app's.
  const files = paths.map((path) => resolve(path));
  return [[process.execPath, PROGRAM, "--into", output, ...files].map(quoted).join(" ")];
}
