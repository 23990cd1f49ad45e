import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { claim, removeFormer } from "./former.ts";
import { runProgram } from "./program.ts";
import { findPython } from "./python.ts";

const ROOT = join(import.meta.dirname, "../..");
const REQUIREMENTS = join(import.meta.dirname, "requirements.txt");
const PLUGIN = join(import.meta.dirname, "plugin");
/** The folder of all installations; git ignores it, and it may be deleted while nothing runs. */
const INSTALLED = join(ROOT, ".localstack");
/** Installs 500 MB in half of pip's time (56 s against 110, on two busy cores); only the installation needs it. */
const UV = "uv==0.13.9";

export interface InstallOptions {
  /** Receives a line about each long step. */
  readonly tell?: (line: string) => void;
  /** Cancels the installation. */
  readonly signal?: AbortSignal;
}

export interface Installed {
  readonly python: string;
  /** For PYTHONPATH. */
  readonly plugin: string;
}

/**
 * LocalStack and our plug-in, installed on first use and again when their sources have changed. They lie in two
 * folders, each named after the hash of its sources: a changed plug-in takes a second, and a LocalStack that still runs
 * keeps its own folders. Removes former installations that no process uses. Throws UsageError without Python,
 * ProgramError if pip or uv failed.
 */
export async function install(options: InstallOptions = {}): Promise<Installed> {
  const venv = join(INSTALLED, `python-${hashOf([REQUIREMENTS])}`);
  const plugin = join(INSTALLED, `plugin-${hashOf([REQUIREMENTS, ...pluginSources()])}`);
  mkdirSync(INSTALLED, { recursive: true });
  claim(INSTALLED, [basename(venv), basename(plugin)]);
  await make(venv, (folder) => makeVenv(folder, options));
  const python = pythonOf(venv);
  await make(plugin, (folder) => installPlugin(python, folder, options));
  removeFormer(INSTALLED);
  return { python, plugin };
}

/**
 * Fills a folder under another name and renames it when complete: an interruption leaves no half of it, and if two
 * start at once the second takes the first one's. (A virtual environment may be moved, as long as its scripts are not
 * called.)
 */
async function make(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  if (existsSync(path)) return;
  const temporary = mkdtempSync(`${path}.`);
  try {
    await fill(temporary);
    renameSync(temporary, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function makeVenv(folder: string, { tell, signal }: InstallOptions): Promise<void> {
  const interpreter = await findPython();
  const python = pythonOf(folder);
  tell?.(`Installing LocalStack for ${interpreter} (once; 500 MB, about a minute) ...`);
  await execute(signal, interpreter, "-m", "venv", folder);
  await execute(signal, python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV);
  // Compiles now: every start would otherwise do a part of it again.
  await uvInstall(signal, python, "--compile-bytecode", "--no-deps", "--requirement", REQUIREMENTS);
  await execute(signal, python, "-m", "uv", "pip", "check", "--quiet", "--python", python);
}

/** Builds with the setuptools that requirements.txt pins; from a copy, because the build writes into the sources. */
async function installPlugin(python: string, folder: string, { signal }: InstallOptions): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), "manyhands-plugin-"));
  try {
    cpSync(PLUGIN, copy, { recursive: true });
    await uvInstall(
      signal,
      python,
      "--no-deps",
      "--no-build-isolation",
      "--no-cache",
      "--target",
      folder,
      copy,
    );
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function uvInstall(signal: AbortSignal | undefined, python: string, ...args: string[]): Promise<void> {
  return execute(signal, python, "-m", "uv", "pip", "install", "--quiet", "--python", python, ...args);
}

/**
 * Runs with a temporary folder that is removed afterwards: venv and pip leave files there when they are interrupted.
 */
async function execute(signal: AbortSignal | undefined, command: string, ...args: string[]): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "manyhands-install-"));
  try {
    await runProgram(command, args, { signal, env: { ...process.env, TMPDIR: scratch } });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function pythonOf(venv: string): string {
  return join(venv, "bin", "python");
}

function pluginSources(): string[] {
  return readdirSync(PLUGIN, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(py|toml)$/.test(path))
    .sort()
    .map((path) => join(PLUGIN, path));
}

function hashOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(path.slice(ROOT.length)).update("\0").update(readFileSync(path));
  return hash.digest("hex").slice(0, 12);
}
