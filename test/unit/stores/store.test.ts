import { describe, expect, test } from "vitest";
import { S3Store } from "../../../shared/ports/aws/s3-store.ts";
import { FileStore } from "../../../shared/ports/file/file-store.ts";
import type { Store } from "../../../shared/ports/store.ts";

import { awsClient } from "../../helpers/aws-clients.ts";
import { emulatedCloud } from "../../helpers/emulator.ts";
import { MemoryStore } from "../../helpers/memory.ts";
import { storeCases } from "../../helpers/store-cases.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const stores: [string, () => Promise<Store>][] = [
  ["file", async () => new FileStore({ "": temporaryFolder() })],
  [
    "S3",
    async () => {
      const { cloud } = await emulatedCloud();
      return new S3Store(awsClient("s3", cloud), cloud.bucket);
    },
  ],
  ["memory (the tests' own)", async () => new MemoryStore()],
];

describe.each(stores)("the %s store", (_, open) => storeCases(open));

test("an object of 12 MiB is stored whole where one request may carry 11", async () => {
  const { cloud } = await emulatedCloud();
  const store = new S3Store(awsClient("s3", cloud), cloud.bucket);
  await store.put("jobs/j/array/escape_time/c/0/0", new Uint8Array(12 * 2 ** 20).fill(3));
  expect((await store.get("jobs/j/array/escape_time/c/0/0"))?.length).toBe(12 * 2 ** 20);
});
