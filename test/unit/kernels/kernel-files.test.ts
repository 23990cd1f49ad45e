import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withFiles } from "../../../shared/kernels/kernel-files.ts";
import { kernelsOf } from "../../../shared/kernels/loader.ts";
import { loadKernel } from "../../../shared/plan/check-spec.ts";
import { artifactOf } from "../../../tools/kernels/build-kernel.ts";
import { folderWith, pointFile } from "../../helpers/kernel-file.ts";

/** A folder as a function's zip has it, with one kernel, `mine`. */
async function deployed() {
  const folder = folderWith({ "mine.ts": pointFile("return x;") });
  const { hash, artifact } = await artifactOf(join(folder, "mine.ts"), "kernel");
  writeFileSync(join(folder, `${hash}.cjs`), artifact);
  writeFileSync(join(folder, "index.json"), JSON.stringify({ mine: hash }));
  return { hash, kernels: withFiles(kernelsOf(new Map()), folder) };
}

test("a kernel of a file is found by its name, and by its hash; the same file under another name has that name", async () => {
  const { hash, kernels } = await deployed();
  expect(await kernels.get({ name: "mine" })).toMatchObject({ name: "mine", hash });
  expect(await kernels.get({ name: "copy", hash })).toMatchObject({ name: "copy", hash });
  expect(await kernels.get({ name: "mine", hash })).toMatchObject({ name: "mine", hash });
  expect(await kernels.get({ name: "copy" })).toBeUndefined();
});

test("another version of one is refused with both hashes, one that is not there with what is, each with what to do", async () => {
  const { hash, kernels } = await deployed();
  const other = "0".repeat(64);
  await expect(loadKernel({ name: "mine", hash: other }, kernels)).rejects.toThrow(
    `Expected kernel to be mine as it was deployed (${hash.slice(0, 16)}), got another version of it (0000000000000000). Where this one is newer, deploy again: \`npx cdk deploy -c kernels=<files>\``,
  );
  await expect(loadKernel({ name: "mine2", hash: other }, kernels)).rejects.toThrow(
    'Expected kernel to be one of mine, got "mine2". A deployment has the files\' kernels that it was deployed with: `npx cdk deploy -c kernels=',
  );
  await expect(loadKernel({ name: "mine2" }, kernels)).rejects.toThrow(
    'Expected kernel to be one of mine, got "mine2". Did you mean mine?',
  );
});
