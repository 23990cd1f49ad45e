import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Remote } from "../../../client/remote/remote.ts";
import { withKernel } from "../../../client/remote/upload-kernel.ts";
import { uploadKey } from "../../../shared/kernels/uploads.ts";
import type { UploadPolicy } from "../../../shared/validation/env.ts";
import { KERNEL_FILES } from "../../../tools/bundling/dist.ts";
import { MemoryStore } from "../../helpers/memory.ts";

/** As one that this machine has built. */
const TEXT = `# ${randomUUID()}\n`;
const hash = createHash("sha256").update(TEXT).digest("hex");
const artifact = join(KERNEL_FILES, `${hash}.py`);
mkdirSync(KERNEL_FILES, { recursive: true });
writeFileSync(artifact, TEXT);
afterAll(() => rmSync(artifact));

async function asked(policy: UploadPolicy, withoutPython?: string, store = new MemoryStore()) {
  const kernels = { isThere: () => false, uploads: async () => policy, withoutPython };
  const remote = { kernels, store } as unknown as Pick<Remote, "kernels" | "store">;
  const request = withKernel(remote, { kernel: "mine", hash });
  return { request, store };
}

test("a file of Python is brought to a deployment that has workers of Python and takes all uploads", async () => {
  const { request, store } = await asked("all");
  expect(await request).toEqual({ kernel: "mine", hash, uploaded: { sha256: hash } });
  expect(`${await store.get(uploadKey(hash))}`).toBe(TEXT);
});

test("one that is there already is stored anew, so that its age begins anew for those who remove old ones", async () => {
  const { request: first, store } = await asked("all");
  await first;
  const { request } = await asked("all", undefined, store);
  await request;
  expect(store.puts).toEqual([uploadKey(hash), uploadKey(hash)]);
});

test("where this user may not write it is used as it is", async () => {
  const { request: first, store } = await asked("all");
  await first;
  store.put = () => Promise.reject(new Error("NOPERM"));
  const { request } = await asked("all", undefined, store);
  expect(await request).toMatchObject({ uploaded: { sha256: hash } });
});

test("one that has no such workers is told how it gets them, whatever its policy", async () => {
  const { request, store } = await asked("all", "`npx cdk deploy` gives it such workers.");
  await expect(request).rejects.toThrow(
    "Expected kernel mine to be one that workers of Node compute, got a file of Python. `npx cdk deploy` gives it such workers.",
  );
  expect(await store.get(uploadKey(hash))).toBeUndefined();
});

test("where the policy forbids it, the sentence names the setting for files of Python", async () => {
  const { request } = await asked("wasm");
  await expect(request).rejects.toThrow(
    /got Python\. The stack's kernelUploads is "wasm", because Python is no sandbox: .* Deploy with `-c kernelUploads=all`; `npx cdk deploy -c pythonKernels=<files>` puts it into the workers' zip\.$/,
  );
});
