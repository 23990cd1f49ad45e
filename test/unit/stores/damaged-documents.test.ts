import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { getDerived, getParsed, putJson } from "../../../shared/ports/store.ts";
import { readSummary } from "../../../shared/record/summary.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import { versioned } from "../../../shared/validation/versioned.ts";
import { MemoryStore } from "../../helpers/memory.ts";

const Schema = versioned(1, { name: v.string() });
const WHOLE = { version: 1, name: "whole" };
const KEY = "jobs/j/control/missing-1-2.json";

const DAMAGES: [string, Uint8Array][] = [
  ["empty", new Uint8Array()],
  ["cut", Buffer.from('{\n  "version": 1,\n  "na')],
  ["zeros, as a power cut may leave them", new Uint8Array(40)],
  ["garbled", Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x22])],
  ["of another kind", Buffer.from("[]")],
  ["with a field changed", Buffer.from('{"version": 1, "name": 7}')],
];

describe.each(DAMAGES)("a document that is %s", (_, bytes) => {
  test("is named by its key, with what to do about it", async () => {
    const store = new MemoryStore();
    await store.put(KEY, bytes);
    const read = getParsed(store, KEY, Schema);
    await expect(read).rejects.toThrow(InvalidInputError);
    await expect(read).rejects.toThrow(
      /^Expected jobs\/j\/control\/missing-1-2\.json.* It is damaged, or of another version: put it back from a copy\.$/,
    );
    await expect(getParsed(store, KEY, Schema, "Do this.")).rejects.toThrow(/\. Do this\.$/);
  });

  test("counts as not there where it is derived from others", async () => {
    const store = new MemoryStore();
    await store.put(KEY, bytes);
    expect(await getDerived(store, KEY, Schema)).toBeUndefined();
    await store.put("jobs/j/summary.json", bytes);
    expect(await readSummary(store, "j")).toBeUndefined();
  });
});

test("a whole document is read either way, and one that is not there is undefined", async () => {
  const store = new MemoryStore();
  await putJson(store, KEY, WHOLE);
  for (const read of [getParsed, getDerived]) {
    expect(await read(store, KEY, Schema)).toEqual(WHOLE);
    expect(await read(store, "none", Schema)).toBeUndefined();
  }
});
