import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { IS_PACKAGE } from "../../shared/build/commands.ts";
import { makeFolders } from "../../shared/ports/file/make-folders.ts";
import { pathOf, placeOf, quoted } from "../../shared/validation/command-line.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";
import { CHECKOUT } from "../../tools/bundling/dist.ts";
import { projectFor } from "../../tools/init/project-files.ts";
import { jsonLine } from "../terminal/text.ts";

export interface InitOptions {
  readonly json?: boolean;
}

/** `manyhands init`: writes a project into a new or empty folder, and says how to go on. Returns the exit code. */
export function init(given: string, { json }: InitOptions): number {
  const folder = resolve(given);
  expectEmpty(folder);
  const { name, files } = projectFor(folder);
  write(folder, files);
  const next = nextSteps(folder);
  const names = [...files.keys()].sort();
  if (json) process.stdout.write(jsonLine({ folder, name, files: names, next }));
  else
    process.stdout.write(
      `Made ${name} in ${placeOf(folder)}: ${names.join(", ")}\n\n${next.map((line) => `  ${line}\n`).join("")}\nREADME.md goes on from there: C, and AWS.\n`,
    );
  return 0;
}

/** Throws InvalidInputError for what lies there already. */
function expectEmpty(folder: string): void {
  const expected = "a new folder or an empty one";
  let found: string[];
  try {
    found = readdirSync(folder).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    const what = code === "ENOTDIR" ? `${placeOf(folder)}, which is not a folder` : describe(error);
    throw new InvalidInputError("the project's folder", expected, what);
  }
  const [first, ...others] = found.map(printable);
  if (first === undefined) return;
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  const hint = "`manyhands init my-project` makes one.";
  throw new InvalidInputError(
    "the project's folder",
    expected,
    `${placeOf(folder)} with ${first}${more}`,
    hint,
  );
}

function write(folder: string, files: ReadonlyMap<string, string>): void {
  try {
    makeFolders(folder);
    for (const [name, text] of files) writeFileSync(join(folder, name), text, { flag: "wx" });
  } catch (error) {
    throw new InvalidInputError("the project's folder", "one that can be written to", describe(error));
  }
}

const describe = (error: unknown) => printable((error as Error).message);

/** Commands to paste, one after another. A checkout's version may be in no registry: its package is built. */
function nextSteps(folder: string): string[] {
  const isHere = folder === process.cwd();
  const into = isHere ? [] : [`cd ${quoted(pathOf(folder))}`];
  const tarball = join(CHECKOUT, `dist/manyhands-${packageJson.version}.tgz`);
  const isCheckout = !IS_PACKAGE && existsSync(join(CHECKOUT, "tools/package"));
  const install = isCheckout
    ? [`npm run build:package --prefix ${quoted(CHECKOUT)}`, `npm install ${quoted(tarball)}`]
    : ["npm install"];
  return [...into, ...install, "npx manyhands run ./spot.ts", "npx tsc"];
}
