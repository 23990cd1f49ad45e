import { expect, test } from "vitest";
import { MATHS_VERSION } from "../../../../shared/kernels/maths/index.ts";
import recorded from "../../../fixtures/maths-bits.json" with { type: "json" };
import { checksums, FEW } from "../../../helpers/maths-bits.ts";

test("each function has the recorded bits: a change needs another MATHS_VERSION, then `node test/helpers/maths-bits.ts`", () => {
  expect(checksums(FEW)).toEqual(recorded.checksums[FEW]);
  expect(MATHS_VERSION).toBe(recorded.version);
});
