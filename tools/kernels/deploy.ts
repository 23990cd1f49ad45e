/**
 * Kernels for a deployment: `node tools/kernels/deploy.ts <folder> <architecture> <files>` puts their artifacts into the folder, with
 * the hash of each by its name in `index.json`, and what loads them. A function's zip has it as `kernels/`. Prints the folder of the
 * function that computes those in Python, if there are any.
 */
import { copyFileSync } from "node:fs";
import { extname, join } from "node:path";
import { Folder } from "../../shared/ports/file/folder.ts";
import { describeError, InvalidInputError, isPermanent } from "../../shared/validation/errors.ts";
import { KERNEL_FILES, KERNEL_HOST } from "../bundling/dist.ts";
import { type BuiltFile, buildFile } from "./build-file.ts";
import { bundlePython } from "./bundle-python.ts";

async function deploy(folder: string, architecture: string, paths: readonly string[]): Promise<void> {
  const built: BuiltFile[] = [];
  for (const path of paths) {
    const file = await buildFile(path);
    const other = built.find(({ name }) => name === file.name);
    if (other)
      throw new InvalidInputError(
        "the kernels",
        "of different names",
        `${file.name} in both ${other.path} and ${path}`,
      );
    built.push(file);
  }
  const zip = new Folder({ "": folder });
  const kept = new Folder({ "": KERNEL_FILES });
  // What a file of Python declares is enough for all but its own workers.
  const files = built.flatMap((kernel) => kernel.files).filter((name) => extname(name) !== ".py");
  for (const name of files) zip.write(name, kept.read(name)!);
  const hashes = Object.fromEntries(built.map(({ name, hash }) => [name, hash]));
  zip.write("index.json", Buffer.from(`${JSON.stringify(hashes)}\n`));
  copyFileSync(KERNEL_HOST, join(folder, "host.js"));
  const inPython = built.filter(({ python }) => python);
  if (inPython.length > 0) process.stdout.write(await bundlePython(inPython, architecture));
}

const [folder = "", architecture = "", ...paths] = process.argv.slice(2);
deploy(folder, architecture, paths).catch((error: unknown) => {
  console.error(isPermanent(error) ? describeError(error) : error);
  process.exitCode = 2;
});
