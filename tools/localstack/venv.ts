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
/** Everything that is installed lies here; git ignores it, and it may be deleted while nothing runs. */
const INSTALLED = join(ROOT, ".localstack");
/** Installs 500 MB in half of pip's time (56 s against 110, on two busy cores); only the installation needs it. */
const UV = "uv==0.13.9";

export interface InstallOptions {
  /** Gets a line about what takes long. */
  readonly tell?: (line: string) => void;
  /** Breaks it off. */
  readonly signal?: AbortSignal;
}

export interface Installed {
  readonly python: string;
  /** For PYTHONPATH. */
  readonly plugin: string;
}

/**
 * LocalStack and our plug-in, installed on first use and again when what they are made of has changed. They lie in two
 * folders, each named after the hash of its sources: a changed plug-in takes a second, and a LocalStack that still
 * runs keeps the folders it was started from. Former ones that nothing uses are removed. Throws UsageError without Python, ProgramError where pip or uv failed.
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
 * Made under another name and renamed when complete: what breaks off leaves no half of it, and where two start at
 * once the second takes the first one's. (A virtual environment may be moved, as long as nobody calls its scripts.)
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
  // Compiled now, since every start would otherwise do it again in part.
  await uvInstall(signal, python, "--compile-bytecode", "--no-deps", "--requirement", REQUIREMENTS);
  await execute(signal, python, "-m", "uv", "pip", "check", "--quiet", "--python", python);
}

/** With the setuptools that requirements.txt pins, not one of its own; from a copy, since it builds in the sources. */
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

/** With a folder for temporary files that goes with it: venv and pip leave theirs when they are interrupted. */
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
