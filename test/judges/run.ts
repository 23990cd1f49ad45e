/**
 * The judges that were written elsewhere, over all that they know of this repository. Prints what each one finds, and
 * `N passed, N failed`, a result a judge; exit code 1 when one found something. Arguments are names of judges (default:
 * all). Needs Python 3.11 and Go 1.25, and the registries once, to install the versions that are pinned beside this file.
 */
import { dirname } from "node:path";
import { ask, byExitCode, filesLike, type Judge, ROOT } from "./judge.ts";
import { templateJudges } from "./template-judges.ts";

/** The folders of our Python, a program of its own each. */
const PYTHON = ["tools/localstack/plugin", "test/python", "test/helpers", "experiments/peers/programs"];

const bin = install();
const mypy = (folder: string) =>
  byExitCode(
    "mypy",
    `${bin}/mypy`,
    () => ["--config-file", `${ROOT}/mypy.ini`, "--cache-dir", `${ROOT}/.mypy_cache`, "."],
    folder,
  );
const all: readonly Judge[] = [
  byExitCode("ruff check", `${bin}/ruff`, () => ["check", "--quiet"]),
  byExitCode("ruff format", `${bin}/ruff`, () => ["format", "--check", "--quiet"]),
  { name: "mypy", complaints: () => PYTHON.flatMap((folder) => mypy(folder).complaints()) },
  byExitCode("shellcheck", `${bin}/shellcheck`, () => [".ci/run", ...filesLike("*.sh")]),
  byExitCode("actionlint", "go", () => [
    ...["-C", "test/judges", "tool", "actionlint", "-shellcheck", `${bin}/shellcheck`],
    ...filesLike(".github/workflows/*.yml", "examples/*.yml").map((path) => `${ROOT}/${path}`),
  ]),
  // Links and anchors within the repository; those that lead out of it are not followed.
  byExitCode("lychee", `${bin}/lychee`, () => [
    ...["--offline", "--include-fragments", "--no-progress"],
    ...filesLike("*.md"),
  ]),
  ...templateJudges(bin),
];

const named = process.argv.slice(2);
const asked = all.filter(({ name }) => named.length === 0 || named.includes(name));
const contents = asked.map(isContent);
const passed = contents.filter(Boolean).length;
console.log(`${passed} passed, ${asked.length - passed} failed`);
process.exitCode = asked.length > 0 && passed === asked.length ? 0 : 1;

/** The folder of the programs that requirements.txt pins, in a virtual environment that git ignores. */
function install(): string {
  process.env.VENV ??= `${import.meta.dirname}/.venv`;
  const { stdout, stderr, code } = ask("sh", ["test/python/venv.sh", "../judges/requirements.txt"]);
  if (code !== 0) throw new Error(`The judges could not be installed: ${stderr}`);
  return dirname(stdout.trim());
}

function isContent({ name, complaints }: Judge): boolean {
  const start = performance.now();
  const found = complaintsOrReason(complaints);
  console.log(
    `${found.length === 0 ? "✔" : "✘"} ${name}, ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
  for (const line of found) console.log(`    ${line}`);
  return found.length === 0;
}

/** A judge that cannot judge has not passed. */
function complaintsOrReason(complaints: Judge["complaints"]): readonly string[] {
  try {
    return complaints();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
