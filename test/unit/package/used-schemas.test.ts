import { expect, test } from "vitest";
import { withPlainKeys } from "../../../tools/package/used-schemas.ts";

test("a schema's keys that are constants are written out, others stay", () => {
  const schemas =
    'const _h = "http";\nconst n0 = "x";\nexport var A$ = [9, n0, { [_h]: ["GET", "/"], [_g()]: 1 }];\n';
  expect(withPlainKeys(schemas, "a.js")).toContain('{ "http": ["GET", "/"], [_g()]: 1 }');
});

test("schemas that are written in another way are refused, so that a new SDK does not bring all of them unseen", () => {
  expect(() => withPlainKeys('export var A$ = [9, { "http": 1 }];\n', "a.js")).toThrow(
    "Expected schemas with keys such as [_h] in a.js, found none.",
  );
});
