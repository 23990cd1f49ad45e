/** The interpreter of a kernel's file of Python, and what it says of the file: workers/python has the other side. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { parseJson } from "../../shared/validation/parse.ts";
import { printable } from "../../shared/validation/printable.ts";

/** Answers on file descriptor 3, also where it cannot go on. */
const ASK = `
import os, sys, json
answer = lambda **facts: os.write(3, (json.dumps(facts) + "\\n").encode())
if sys.version_info < (3, 11):
    answer(version=sys.version.split()[0])
else:
    try:
        from manyhands.__main__ import main
    except ModuleNotFoundError as error:
        answer(missing=error.name)
    else:
        sys.exit(main(sys.argv[1:]))
`;
/** Values come in parts of a megabyte. */
const MOST_ANSWER = 2 ** 22;
const MOST_SAID = 2000;
const OURS = "manyhands";
/** A deployment has no --python. */
const OTHER = "--python, or an active environment, names another one.";
const INSTALLED = "'./workers/python[sqs]'";

/** The one asked for, else the active environment's, else the one beside the file, else the system's. Throws InvalidInputError where the first is not there. */
export function pythonFor(file: string, asked: string | undefined): string {
  const { VIRTUAL_ENV } = process.env;
  if (asked !== undefined) {
    if (existsSync(asked) || isOnPath(asked)) return asked;
    const expected = "a path, or a program's name on PATH";
    throw new InvalidInputError("the interpreter", expected, `nothing at ${printable(asked)}`);
  }
  const environments = [...(VIRTUAL_ENV ? [VIRTUAL_ENV] : []), join(dirname(file), ".venv")];
  return (
    environments.map((folder) => join(folder, "bin/python")).find((path) => existsSync(path)) ?? "python3"
  );
}

const isOnPath = (name: string) =>
  basename(name) === name &&
  (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));

/**
 * A worker has one CPU, over which threads of numpy's libraries would fight. glibc would give an array's memory back to the system after each
 * operation, and page faults then take three quarters of the time (docs/decisions/standing.md).
 */
const COMPUTING = {
  ...{ OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" },
  ...{ MALLOC_MMAP_THRESHOLD_: `${2 ** 25}`, MALLOC_TRIM_THRESHOLD_: `${2 ** 26}` },
};

/** What kernels see of this process's environment: their packages may need it. No folder of the user's is searched for modules, and boto3 meets no profile. */
export function pythonEnvironment(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS_|NODE_|npm_)/.test(name));
  return {
    ...COMPUTING,
    ...(Object.fromEntries(own) as Record<string, string>),
    ...{ PYTHONSAFEPATH: "1", PYTHONUNBUFFERED: "1", NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" },
  };
}

export type Answer = Readonly<Record<string, unknown>>;

export interface Asked {
  readonly python: string;
  /** The user's file, for sentences. */
  readonly file: string;
  readonly arguments: readonly string[];
  /** A value on its standard input, as JSON. */
  readonly input?: unknown;
  /** Called with each answer. */
  readonly onAnswer?: (answer: Answer) => void;
  /** Ends the process. */
  readonly signal: AbortSignal;
}

/**
 * The process's answers, in order, until it ends or is ended. Throws InvalidInputError: no interpreter, an old one, a missing package, a
 * file that is refused, ends its process or gives no answer.
 */
export async function askPython({
  python,
  file,
  input,
  onAnswer,
  signal,
  ...asked
}: Asked): Promise<Answer[]> {
  const name = printable(basename(file));
  const answers: Answer[] = [];
  const child = spawn(python, ["-c", ASK, ...asked.arguments], {
    stdio: ["pipe", "ignore", "pipe", "pipe"],
    env: pythonEnvironment(),
  });
  const stop = () => void child.kill("SIGKILL");
  signal.addEventListener("abort", stop);
  let said = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    said = (said + bytes).slice(-MOST_SAID);
  });
  let rest = "";
  (child.stdio[3] as NodeJS.ReadableStream).on("data", (bytes: Buffer) => {
    const lines = (rest + bytes).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MOST_ANSWER) stop();
    for (const answer of lines.map((line) => parseJson(line, name) as Answer)) {
      answers.push(answer);
      onAnswer?.(answer);
    }
  });
  child.stdin?.on("error", () => {}); // it ended
  child.stdin?.write(`${JSON.stringify(input ?? null)}\n`);
  const how = await new Promise<string>((resolve, reject) => {
    child.once("error", ({ code = "" }: NodeJS.ErrnoException) => {
      if (child.pid === undefined)
        reject(new InvalidInputError(`the interpreter ${printable(python)}`, "one that starts", code, OTHER));
    });
    child.once("close", (code, ended) => resolve(ended ?? `exit code ${code}`));
  });
  signal.removeEventListener("abort", stop);
  expectAnswered(answers, { python, name, how: signal.aborted ? "none in time" : how, said });
  return answers;
}

interface Ending {
  readonly python: string;
  readonly name: string;
  readonly how: string;
  readonly said: string;
}

function expectAnswered(answers: readonly Answer[], { python, name, how, said }: Ending): void {
  for (const { refused, version, missing } of answers) {
    if (Array.isArray(refused)) {
      const [field = "", expected = "", received = "", hint] = refused.map((part) => printable(String(part)));
      throw new InvalidInputError(field, expected, received, hint);
    }
    if (typeof version === "string")
      throw new InvalidInputError(python, "Python 3.11 or later", version, OTHER);
    if (typeof missing === "string") throw lacking(python, missing === OURS ? INSTALLED : missing, missing);
  }
  if (answers.length > 0) return;
  const last = said.trim().split("\n").at(-1) ?? "";
  const received = `the end of its process, ${printable(how)}${last && ` (${printable(last).slice(0, 200)})`}`;
  throw new InvalidInputError(name, `a file that ${printable(python)} loads`, received.replace(/\.$/, ""));
}

/** A package that is not there, and the command that installs it. */
export const lacking = (python: string, what: string, name = what) =>
  new InvalidInputError(
    `the package ${printable(name)}`,
    `installed for ${printable(python)}`,
    "none",
    `\`${printable(python)} -m pip install ${what}\` installs it. ${OTHER}`,
  );
