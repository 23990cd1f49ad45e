/** From what a caller passes as a kernel or a task to the kernel itself. */
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { type FileOptions, kernelMeant, type MeantKernel } from "../client/kernels/meant-kernel.ts";
import type { KernelSource, TaskSource } from "../shared/kernels/authoring.ts";
import { checkSource } from "../shared/kernels/check-declaration.ts";
import { declare } from "../shared/kernels/declare.ts";
import { outlineOf } from "../shared/kernels/outline.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";
import { printable } from "../shared/validation/printable.ts";
import { rememberedFile } from "./called-in.ts";
import { isUrl, pathOfFile } from "./path-of-file.ts";

/** What `kernel()` or `task()` gave, the path or URL of a file, or a built-in kernel's name. */
export type KernelAsked = KernelSource | TaskSource | string | URL;

/** Throws InvalidInputError. */
export async function kernelAsked(asked: KernelAsked, options?: FileOptions): Promise<MeantKernel> {
  if (typeof asked === "string" || isUrl(asked)) return kernelMeant(pathOfFile(asked, "kernel"), options);
  const kind = (asked as Partial<KernelSource> | undefined)?.kind as string | undefined;
  if (kind !== "kernel" && kind !== "task")
    throw new InvalidInputError(
      "the kernel",
      "what kernel() or task() gave, a path, a URL, or the name of a built-in one",
      asked === undefined ? "nothing" : show(outlineOf(asked)),
    );
  const file = fileOf(asked, kind);
  const meant = await kernelMeant(file, options);
  if (!isSame(asked, meant))
    throw new InvalidInputError(
      `the ${kind}`,
      `the default export of ${printable(file)}, where ${kind}() was called`,
      "another one",
      `Pass the path of the file whose default export it is: ${callOf(kind)}.`,
    );
  return meant;
}

/** The file whose module called kernel(). A REPL, a text that was evaluated and a data: URL are none. */
function fileOf(asked: KernelSource | TaskSource, kind: "kernel" | "task"): string {
  const noted = rememberedFile(asked);
  if (noted?.startsWith("file:")) return fileURLToPath(noted);
  if (noted !== undefined && /^(\/|[A-Za-z]:[\\/])/.test(noted)) return noted;
  throw new InvalidInputError(
    `the ${kind}`,
    "one from a file, which workers are built from",
    noted === undefined ? "one of an unknown place" : `one made in ${show(noted)}`,
    `Write it to a file that ends with \`export default ${kind}({ … })\` and pass its path: ${callOf(kind)}.`,
  );
}

const callOf = (kind: string) => (kind === "kernel" ? '`run("./mine.ts")`' : '`map("./mine.ts", items)`');

/** The functions are compared by their kind alone: a helper in another file may have called kernel(). */
function isSame(asked: KernelSource | TaskSource, { kernel }: MeantKernel): boolean {
  const source = checkSource(outlineOf(asked), "the kernel");
  const { declaration } = declare(source, kernel.name);
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
  return isDeepStrictEqual(plain(declaration), plain(kernel.declaration));
}
