import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ArtifactKind, loadArtifact } from "../../shared/kernels/artifact.ts";
import type { KernelSource } from "../../shared/kernels/authoring.ts";
import { artifactOf } from "../../tools/kernels/build-kernel.ts";
import { temporaryFolder } from "./temporary.ts";

/** A folder with these files, by their paths in it. One that begins with `#!` is a program. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    const isProgram = typeof contents === "string" && contents.startsWith("#!");
    writeFileSync(join(folder, name), contents, { mode: isProgram ? 0o777 : 0o666 });
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

/** The artifact of a file with that text, loaded as a worker does. Its declaration is not looked at. */
export async function loaded(
  text: string,
  others: Readonly<Record<string, string>> = {},
  kind: ArtifactKind = "kernel",
) {
  const folder = folderWith({ "mine.ts": text, ...others });
  const { artifact } = await artifactOf(join(folder, "mine.ts"), kind);
  const source = loadArtifact(artifact) as KernelSource;
  const point = source.point as unknown as (inputs: object) => number;
  return { artifact, source, at: (x: number) => point({ x }) };
}
