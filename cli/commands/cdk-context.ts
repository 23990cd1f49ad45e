/** Settings in cdk.json, where `npx cdk deploy` looks for them. */
import { readFileSync } from "node:fs";
import { writeWhole } from "../../shared/ports/file/write-whole.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";

export const CDK_FILE = "cdk.json";

type Members = Readonly<Record<string, unknown>>;

/** The file in the working directory. Throws InvalidInputError where there is none that could have a context. */
export function readCdkFile(): Members {
  const refuse = (got: string): never => {
    throw new InvalidInputError(
      "--write",
      `given in a folder whose ${CDK_FILE} is a JSON object`,
      got,
      "Without --write the settings are printed.",
    );
  };
  let text = "";
  try {
    text = readFileSync(CDK_FILE, "utf8");
  } catch (error) {
    return refuse(`one where it cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refuse("one where it is no JSON");
  }
  if (!isMembers(parsed)) return refuse(`${show(parsed)} there`);
  if (parsed.context !== undefined && !isMembers(parsed.context))
    return refuse(`one whose context is ${show(parsed.context)}`);
  return parsed;
}

/** Sets these keys of its context, and leaves all else as it is. Whole or not at all. */
export function writeContext(file: Members, settings: Readonly<Record<string, string | number>>): void {
  const context = { ...(file.context as Members | undefined), ...settings };
  writeWhole(CDK_FILE, `${JSON.stringify({ ...file, context }, null, 2)}\n`);
}

const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);
