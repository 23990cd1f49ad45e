/** From files of Python to the folder of a function on Lambda, by workers/python/src/manyhands/bundle.py. */
import { expectWritable, PYTHON_FUNCTIONS } from "../bundling/dist.ts";
import type { BuiltFile } from "./build-file.ts";
import { askPython } from "./python.ts";

/** pip downloads up to 200 MB. */
const MOST_BUNDLE_MS = 15 * 60_000;

/** The folder, the same one for the same kernels. The first file's interpreter makes it. Throws InvalidInputError. */
export async function bundlePython(kernels: readonly BuiltFile[], architecture: string): Promise<string> {
  const files = kernels.map(({ path }) => path);
  const { interpreter: python } = kernels[0]!.python!;
  expectWritable(PYTHON_FUNCTIONS);
  const [answer] = await askPython({
    ...{ python, file: files[0]!, arguments: ["bundle", PYTHON_FUNCTIONS, architecture, ...files] },
    signal: AbortSignal.timeout(MOST_BUNDLE_MS),
  });
  return `${answer?.folder}`;
}
