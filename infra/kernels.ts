import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { basename, extname, join, resolve } from "node:path";
import type { Construct } from "constructs";
import { DEPLOYMENT_PROGRAM } from "../tools/bundling/dist.ts";
import { uploadParts } from "../tools/bundling/stages.ts";
import { SettingError, type Settings } from "./settings.ts";
import { assetFolder } from "./stage-code.ts";

/** What kernels from files add to a deployment. */
export interface BuiltKernels {
  /** Their artifacts, and what loads them and uploaded ones: a function has this folder beside its bundle. Undefined without any. */
  readonly folder?: string;
  /** The hash of each kernel by its name. */
  readonly hashes: Readonly<Record<string, string>>;
  /** The folder of the worker that computes those in Python; undefined without any. */
  readonly python?: string;
}

type Asked = Pick<Settings, "kernels" | "pythonKernels" | "kernelUploads" | "architecture">;

/** Builds the kernels as their files are now. Throws SettingError with the sentence of the one that cannot be built. */
export function buildKernels(scope: Construct, settings: Asked): BuiltKernels {
  const { kernels, pythonKernels, kernelUploads, architecture } = settings;
  expectEndings("kernels", kernels, false);
  expectEndings("pythonKernels", pythonKernels, true);
  const takesUploads = kernelUploads !== "none";
  const paths = [...kernels, ...pythonKernels];
  if (paths.length === 0 && !takesUploads) return { hashes: {} };
  const folder = assetFolder(scope, "kernels");
  if (takesUploads) for (const part of uploadParts()) copyFileSync(part, join(folder, basename(part)));
  if (paths.length === 0) return { folder, hashes: {} };
  const files = paths.map((path) => resolve(path));
  try {
    // In a process of its own: a construct is made without waiting, and building a kernel takes waiting.
    const python = execFileSync(process.execPath, [DEPLOYMENT_PROGRAM, folder, architecture.name, ...files], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const hashes = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
    return { folder, hashes, ...(python && { python }) };
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    const name = kernels.length > 0 ? "kernels" : "pythonKernels";
    throw new SettingError(name, "files of kernels that can be built", paths.join(","), stderr.trim());
  }
}

/** Each setting names the workers that compute its files. */
function expectEndings(name: "kernels" | "pythonKernels", paths: readonly string[], isPython: boolean): void {
  const wrong = paths.find((path) => (extname(path) === ".py") !== isPython);
  if (wrong === undefined) return;
  const expected = isPython ? "files that end in .py" : "files of TypeScript, JavaScript or WebAssembly";
  throw new SettingError(name, expected, wrong, isPython ? "" : "`pythonKernels` is for those in Python.");
}
