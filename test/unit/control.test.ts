import { expect, test } from "vitest";
import { MAX_ROUND, readControl, readNextRound } from "../../shared/control.ts";
import { MemoryStore } from "../helpers/memory.ts";

const withKeys = (...names: string[]) => {
  const store = new MemoryStore();
  for (const name of names) store.objects.set(`jobs/j/control/${name}`, new Uint8Array());
  return store;
};

test("a round beyond those that anybody resumes is somebody else's object", async () => {
  const store = withKeys(
    "missing-999999-1.json",
    "missing-10000-1.json",
    "missing-2-7.json",
    "cancelled-3.json",
  );
  const control = await readControl(store, "j");
  expect(control).toMatchObject({ round: 2, missing: 7, freeRound: 4, isCancelled: false });
  expect(await readNextRound(store, "j", control)).toBe(4);
});

test("more objects than a job can have are refused before their bodies are read", async () => {
  const store = withKeys(
    ...Array.from({ length: 10 * MAX_ROUND + 1 }, (_, k) => `missing-1-${k}.json`),
    ...["odd", "missing-1.5-1.json"],
  );
  await expect(readControl(store, "j")).rejects.toThrow(
    "Expected jobs/j/control/ to be at most 99990 objects, got more.",
  );
});
