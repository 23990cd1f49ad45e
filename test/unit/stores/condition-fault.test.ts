import { expect, test } from "vitest";
import { AwsError } from "../../../shared/ports/aws/aws-error.ts";
import { S3Store } from "../../../shared/ports/aws/s3-store.ts";
import { conditionFault, expectConditional } from "../../../shared/ports/conditional-writes.ts";
import type { Put } from "../../../shared/ports/store.ts";
import { awsClient } from "../../helpers/aws-clients.ts";
import { emulatedCloud } from "../../helpers/emulator.ts";

/** A store whose conditional writes do this; `kept` are the keys that were written and not removed. */
function storeOf(putIfAbsent: (key: string, kept: ReadonlySet<string>) => Promise<Put>) {
  const kept = new Set<string>();
  return {
    kept,
    async putIfAbsent(key: string) {
      const put = await putIfAbsent(key, kept);
      if (put === "stored") kept.add(key);
      return put;
    },
    async delete(key: string) {
      kept.delete(key);
    },
  };
}

test("a store that keeps the first object has no fault, and nothing is left in it", async () => {
  const { cloud } = await emulatedCloud();
  const store = new S3Store(awsClient("s3", cloud), cloud.bucket);
  expect(await conditionFault(store)).toBeUndefined();
  for await (const key of store.list("")) expect(key).toBe("none");
});

test("a store that passes over the condition is found", async () => {
  const store = storeOf(async () => "stored");
  expect(await conditionFault(store)).toBe("let 9 of 9 writers of one key store");
  expect([...store.kept]).toEqual([]);
});

test("so is a store that looks first and writes then: all who look before the first one wrote store", async () => {
  const store = storeOf(async (key, kept) => {
    const isThere = kept.has(key);
    await undefined;
    return isThere ? "exists" : "stored";
  });
  expect(await conditionFault(store)).toMatch(/^let [2-8] of 9 writers of one key store$/);
});

test("and a store that refuses the header", async () => {
  const store = storeOf(() => Promise.reject(new AwsError("s3 PutObject", 501, "NotImplemented", "no")));
  expect(await conditionFault(store)).toBe("refuses it (NotImplemented)");
});

test("one that cannot be reached has no fault of this kind", async () => {
  const store = storeOf(() => Promise.reject(new AwsError("s3 PutObject", 0, "ECONNREFUSED", "no")));
  await expect(conditionFault(store)).rejects.toThrow("ECONNREFUSED");
});

test("a store with the fault is refused with a sentence that names one without", async () => {
  const store = storeOf(async () => "stored");
  await expect(expectConditional(store, "s3://jobs")).rejects.toThrow(
    /^Expected --store to be a store that keeps the first of two .*, got s3:\/\/jobs, which let 9 of 9 .*versitygw/,
  );
});
