import { expect, test } from "vitest";
import { MATHS_VERSION } from "../../../../shared/kernels/maths/index.ts";
import recorded from "../../../fixtures/maths-bits.json" with { type: "json" };
import { checksums, FEW } from "../../../helpers/maths-bits.ts";
import { codeHash, nextRecord } from "../../../helpers/maths-record.ts";

test("each function has the recorded bits", () => {
  expect(checksums(FEW)).toEqual(recorded.checksums[FEW]);
});

test("the code is what was recorded: after a change, `node test/helpers/maths-record.ts` compares many more bits", () => {
  expect(codeHash()).toBe(recorded.code);
  expect(MATHS_VERSION).toBe(recorded.version);
});

test("other bits are recorded under another MATHS_VERSION only, other code with the same bits under the same one", () => {
  const other = { ...recorded, checksums: { ...recorded.checksums, 1: { sin: "0" } } };
  expect(() => nextRecord(recorded, other)).toThrow("Expected another MATHS_VERSION");
  expect(nextRecord(recorded, { ...other, version: MATHS_VERSION + 1 }).version).toBe(MATHS_VERSION + 1);
  expect(nextRecord(recorded, { ...recorded, code: "other" }).code).toBe("other");
});
