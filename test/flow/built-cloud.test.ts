import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startBuiltCloud } from "../../client/local/built-cloud.ts";
import { S3Store } from "../../shared/ports/aws/s3-store.ts";
import { Folder } from "../../shared/ports/file/folder.ts";
import { ensureBundles } from "../../tools/bundling/bundles.ts";
import { awsClient } from "../helpers/aws-clients.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

test("the built emulator refuses for good what its folder, which is of another bundle, cannot take", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "jobs"));
  symlinkSync(temporaryFolder(), join(folder, "jobs/link"));
  const { emulator } = await ensureBundles();
  const cloud = await startBuiltCloud(emulator, {
    ...{ folder: new Folder({ "": folder }), visibilityTimeoutSeconds: 30, maxReceiveCount: 5 },
  });
  onTestFinished(() => cloud.close());
  const store = new S3Store(awsClient("s3", cloud), cloud.bucket);
  for (const key of ["jobs/a key", "jobs/link/x"]) {
    const refused = { code: "InvalidObjectState", status: 403 };
    await expect(store.put(key, new Uint8Array(1)), key).rejects.toMatchObject(refused);
    await expect(store.get(key), key).rejects.toMatchObject(refused);
  }
});
