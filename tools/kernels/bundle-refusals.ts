/** esbuild's messages as sentences for the user, with file and line. */
import type { BuildFailure, Message } from "esbuild";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { printable } from "../../shared/validation/printable.ts";

/** Marks the message about an import of one of Node's modules. */
export const BUILT_IN = "built-in";

const PURE = "A kernel computes from its inputs alone; a task may use Node's modules.";

/** The first error as InvalidInputError, or an error of another kind as it is. `name` is the file's, where there is no line. */
export function sentenceOf(error: unknown, name: string): unknown {
  const [first] = (error as Partial<BuildFailure> | null)?.errors ?? [];
  if (!first) return error;
  if (first.detail instanceof InvalidInputError) return first.detail;
  const place = placeOf(first) ?? name;
  if (first.detail === BUILT_IN)
    return new InvalidInputError(place, "an import of a file or a package", printable(first.text), PURE);
  return new InvalidInputError(place, "TypeScript or JavaScript that can be bundled", refused(first));
}

/** A kernel's own code that imports what is known only when it runs. Within packages esbuild says nothing of it. */
export function refusal(warnings: readonly Message[]): InvalidInputError | undefined {
  const found = warnings.find(({ id }) => id.startsWith("unsupported-"));
  if (!found) return undefined;
  return new InvalidInputError(
    placeOf(found) ?? "the kernel's file",
    "an import of a name in quotes",
    printable(found.location?.lineText.trim() ?? "another"),
    "What a kernel imports is bundled with it.",
  );
}

/** esbuild's own words, without a dot: the sentence has one. */
const refused = ({ text }: Message) => `this: ${printable(text).slice(0, 200).replace(/\.$/, "")}`;

/** `mine.ts:3:8`; esbuild counts columns from 0, in bytes. */
function placeOf({ location }: Message): string | undefined {
  if (!location) return undefined;
  const { file, line, column, lineText } = location;
  const before = Buffer.from(lineText).subarray(0, column).toString();
  return printable(`${file}:${line}:${before.length + 1}`);
}
