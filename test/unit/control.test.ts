import { expect, test } from "vitest";
import { readControl, readNextRound } from "../../shared/record/control.ts";
import { MemoryStore } from "../helpers/memory.ts";

const withKeys = (...names: string[]) => {
  const store = new MemoryStore();
  for (const name of names) store.objects.set(`jobs/j/control/${name}`, new Uint8Array());
  return store;
};

test("what is called like no round is somebody else's object", async () => {
  const store = withKeys(
    "missing-9999999-1.json",
    "missing-1.5-1.json",
    "missing-2-7.json",
    "cancelled-3.json",
  );
  const control = await readControl(store, "j");
  expect(control).toMatchObject({ round: 2, missing: 7, freeRound: 4, isCancelled: false });
  expect(await readNextRound(store, "j", control)).toBe(4);
});
