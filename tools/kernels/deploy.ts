/**
 * Kernels for a deployment: `node tools/kernels/deploy.ts <files>` prints the name and hash of each as JSON; with `--into <folder>` it puts their
 * artifacts below the folder's `kernels/`, with what loads them, as a function's zip has them.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Folder } from "../../shared/ports/file/folder.ts";
import { describeError, InvalidInputError, isPermanent } from "../../shared/validation/errors.ts";
import { buildOptions } from "../bundling/bundles.ts";
import { KERNEL_FILES } from "../bundling/dist.ts";
import { type BuiltFile, buildFile } from "./build-file.ts";

async function deploy(into: string | undefined, paths: readonly string[]): Promise<void> {
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
  const hashes = Object.fromEntries(built.map(({ name, hash }) => [name, hash]));
  if (into !== undefined) await putInto(join(into, "kernels"), built, hashes);
  else process.stdout.write(`${JSON.stringify(hashes)}\n`);
}

async function putInto(folder: string, built: readonly BuiltFile[], hashes: object): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const zip = new Folder({ "": folder });
  const kept = new Folder({ "": KERNEL_FILES });
  for (const name of built.flatMap(({ files }) => files)) zip.write(name, kept.read(name)!);
  zip.write("index.json", Buffer.from(`${JSON.stringify(hashes)}\n`));
  const { build } = await import("esbuild");
  const entryPoints = [{ in: "shared/kernels/host/host.ts", out: "host" }];
  const { outputFiles } = await build({ ...buildOptions(folder).stages, entryPoints, write: false });
  zip.write("host.js", outputFiles[0]!.contents);
}

if (import.meta.main) {
  const [first, second, ...rest] = process.argv.slice(2);
  const [into, paths] = first === "--into" ? [second, rest] : [undefined, process.argv.slice(2)];
  deploy(into, paths).catch((error: unknown) => {
    console.error(isPermanent(error) ? describeError(error) : error);
    process.exitCode = 2;
  });
}
