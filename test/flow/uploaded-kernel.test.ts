import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildKernel } from "../../tools/kernels/build-kernel.ts";
import { folderWith, pointFile } from "../helpers/kernel-file.ts";
import { uploadSite } from "../helpers/upload-site.ts";

test("a kernel that lies in the bucket alone is declared, computed and kept by a warm worker", async () => {
  const site = await uploadSite();
  const folder = folderWith({ "mine.ts": pointFile("return Math.exp(x);") });
  const { name, hash, artifact } = await buildKernel(join(folder, "mine.ts"), { folder });
  const uploaded = site.upload(Buffer.from(artifact));
  await site.submit({ kernel: name, hash, uploaded, requestId: "u", points: [8], chunk: [4] });
  expect(await site.jobOf("u")).toMatchObject({ uploaded, spec: { kernel: "mine", hash } });
  const first = await site.work(1);
  rmSync(join(site.folder, "kernels"), { recursive: true });
  const { messages, errors } = await site.work();
  expect([...first.errors, ...errors]).toEqual([]);
  expect([...first.messages, ...messages].map((body) => JSON.parse(body).kernel)).toEqual([hash, hash]);
  expect([...(await site.array("u"))].map((y) => y.toFixed(4))).toEqual(
    Array.from({ length: 8 }, (_, k) => Math.exp(k / 8).toFixed(4)),
  );
});
