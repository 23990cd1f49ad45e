/** Runs a lesson's commands in a folder of its own, in one shell as a learner has it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { delimiter, join } from "node:path";
import { missing } from "./needs.ts";
import { type Block, blocksOf, isOutput, LessonError, picturesOf } from "./page.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Printed between two blocks of commands. */
const SEPARATOR = "\u001e";
const LONGEST_MS = 400_000;

export interface Ran {
  /** What each block of outputs holds now, by its line. */
  readonly outputs: ReadonlyMap<number, string>;
  /** The pictures that the commands made, by the page's path. */
  readonly pictures: ReadonlyMap<string, Buffer>;
  /** A sentence for each block that was left out. */
  readonly skipped: readonly string[];
}

/** Throws LessonError where a command fails, prints what no block holds, or makes no picture that the page shows. */
export async function runPage(page: string, name: string): Promise<Ran> {
  const blocks = blocksOf(page, name);
  const runs = blocks.filter((block) => block.kind === "run");
  const lacking = new Map(runs.map((run) => [run, missing(run.needs)]));
  const able = runs.filter((run) => lacking.get(run) === undefined);
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  const folder = mkdtempSync(join(ROOT, "dist/lesson-"));
  try {
    for (const block of blocks)
      if (block.kind === "file") writeFileSync(join(folder, block.name), block.text);
    const printed = await shell(able, folder, name);
    const pictures =
      able.length < runs.length ? [] : picturesOf(page).map((each) => pictureIn(folder, name, each));
    return {
      outputs: outputsOf(blocks, new Map(able.map((run, at) => [run, printed[at]!])), name),
      pictures: new Map(pictures),
      skipped: runs.flatMap((run) => lacking.get(run) ?? []),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is built for the first command of all would be a line of its output. */
export async function firstRun(): Promise<void> {
  await runPage("```sh run\nmanyhands run --size 20 --no-plots --quiet 2> /dev/null\n```\n", "the first run");
}

/** What each of the blocks printed, stdout and stderr as they came. */
async function shell(runs: readonly Block[], folder: string, name: string): Promise<string[]> {
  const script = runs.map(({ text }) => `${text}\nprintf '\\036'\n`).join("");
  const hidden = join(folder, ".lesson");
  mkdirSync(join(hidden, "bin"), { recursive: true });
  const command = join(hidden, "bin/manyhands");
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "cli/main.js")}" "$@"\n`);
  chmodSync(command, 0o755);
  const all = join(hidden, "printed");
  const fd = openSync(all, "a");
  const bash = spawn("bash", ["-ec", script], {
    ...{ cwd: folder, detached: true, stdio: ["ignore", fd, fd] },
    env: environment(hidden),
  });
  const end = await ended(bash);
  const printed = withoutPlaces(readFileSync(all, "utf8"), folder).split(SEPARATOR);
  if (end === 0) return printed.slice(0, -1);
  const at = runs[Math.min(printed.length, runs.length) - 1];
  throw new LessonError(
    `Expected the commands at ${name}:${at?.line} to end with exit code 0, got ${end}: ${printed.at(-1)?.trim()}`,
  );
}

/** Paths and the name of this machine are no figures of a lesson. Columns stay where they are. */
const withoutPlaces = (text: string, folder: string) =>
  text
    .replaceAll(`${folder}/`, "")
    .replaceAll(folder, ".")
    .replaceAll(ROOT, "…")
    .replace(new RegExp(`\\b${hostname().replace(/\W/g, "\\$&")}\\b *`, "g"), (name) =>
      "host".padEnd(name.length),
    );

/** Neither what this machine's user has learnt or set, nor another Node. */
function environment(hidden: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|MANYHANDS_|REDIS_|NODE_|npm_)/.test(name),
  );
  const path = [join(hidden, "bin"), join(ROOT, "node_modules/.bin"), process.env.PATH].join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path, XDG_DATA_HOME: join(hidden, "data") };
}

/** The shell's exit code, or why it has none. What it left running is ended. */
async function ended(bash: ChildProcess): Promise<number | string> {
  const group = () => {
    try {
      process.kill(-bash.pid!, "SIGKILL");
    } catch {} // none of it is left
  };
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    group();
  }, LONGEST_MS);
  const [code, signal] = await once(bash, "exit");
  clearTimeout(timer);
  group();
  return isLate ? `none after ${LONGEST_MS / 1000} s` : (code ?? signal);
}

function outputsOf(
  blocks: readonly Block[],
  printed: ReadonlyMap<Block, string>,
  name: string,
): Map<number, string> {
  const outputs = new Map<number, string>();
  for (const [at, block] of blocks.entries()) {
    const text = printed.get(block);
    if (text === undefined) continue;
    const lines = text.replace(/[ \t]+$/gm, "").replace(/^\n+|\n+$/g, "");
    const next = blocks[at + 1];
    if (next && isOutput(next)) outputs.set(next.line, `${lines}\n`);
    else if (lines !== "")
      throw new LessonError(
        `Expected the commands at ${name}:${block.line} to print nothing, as no output follows, got: ${lines}`,
      );
  }
  return outputs;
}

function pictureIn(
  folder: string,
  name: string,
  { path, made }: { path: string; made: string },
): [string, Buffer] {
  try {
    return [path, readFileSync(join(folder, made))];
  } catch {
    throw new LessonError(`Expected the commands of ${name} to make ${made} for ${path}, got no such file`);
  }
}
