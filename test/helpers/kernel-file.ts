import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadArtifact } from "../../shared/kernels/artifact.ts";
import type { KernelSource } from "../../shared/kernels/authoring.ts";
import { buildKernel } from "../../tools/kernels/build-kernel.ts";
import { temporaryFolder } from "./temporary.ts";

/** A folder with these files, by their paths in it. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), contents);
  }
  return folder;
}

/** A kernel's file around the body of its point, a function of `x`. */
export const pointFile = (body: string, before = "") => `import { kernel } from "manyhands/kernel";
${before}
export default kernel({
  inputs: { x: { from: 0, to: 1 } },
  value: { name: "y" },
  point({ x }) { ${body} },
});
`;

/** Builds a file with that text, with an empty cache, and loads its artifact as a worker does. */
export async function loaded(text: string, others: Readonly<Record<string, string>> = {}) {
  const folder = folderWith({ "mine.ts": text, ...others });
  const { artifact } = await buildKernel(join(folder, "mine.ts"), { folder: join(folder, "kept") });
  const source = loadArtifact(artifact) as KernelSource;
  const point = source.point as unknown as (inputs: object, tools?: object) => number;
  return { artifact, source, at: (x: number) => point({ x }) };
}
