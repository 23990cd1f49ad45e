import { expect, test } from "vitest";
import { lineOfEnumPower } from "../../../tools/kernels/enum-powers.ts";

test.each([
  'enum E { a = "}" as any, b = 3.3 ** 0.7 }',
  'enum E { a = "http://mine" as any, b = 3.3 ** 0.7 }',
  "enum E { a = '/*' as any, b = 3.3 ** 0.7 /* */ }",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template's text.
  "enum E { a = `}${1}}` as any, b = 3.3 ** 0.7 }",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template's text.
  "enum E { a = `${3.3 ** 0.7}` as any }",
  "enum E { a = 4, b = a! / 3.3 ** 0.7 / 2 }",
  "enum E { a = 1 as {} / 3.3 ** 0.7 }",
  "enum E { a = [{}].length, b = 3.3 ** 0.7 }",
  "const quote = /[\"'`]/; const enum E { b = 3.3 ** 0.7 }",
  'const ratio = x! / 2, s = "/"; enum E { b = 3.3 ** 0.7 }',
  "enum /* { */ $E /* { */ { b = 3.3 ** 0.7 }",
  "export enum É { b = 3.3 ** 0.7 }",
  "enum A { a }; enum B { b = 3.3 ** 0.7 }",
  "enum E { b = 3.3\n** 0.7 }",
])("an enum with a power: %s", (text) => {
  const lineBefore = "/* ** */ const a = 2 ** 0.5;\n";
  expect(lineOfEnumPower(lineBefore + text)).toBe(text.includes("\n") ? 3 : 2);
});

test.each([
  'enum E { a = "2 ** 3" as any, b = `**` as any }',
  "enum E { a /* ** */, b // **\n}",
  "enum E { a = 1 } const b = 2 ** 0.5;",
  "enum E { a = 1 }\nfunction f(x) { return { y: x ** 2 }; }",
  'const text = "enum E { a = 2 ** 3 }";',
  "// enum E { a = 2 ** 3 }",
  "const { enum: e } = { enum: 2 ** 3 };",
  "const x = z.enum({ a: 2 ** 3 });",
])("none: %s", (text) => {
  expect(lineOfEnumPower(text)).toBeUndefined();
});

test("a text between tags is none of the language's", () => {
  const text = "const quote = <b>it's `</b>; enum E { b = 3.3 ** 0.7 }";
  expect([lineOfEnumPower(text, true), lineOfEnumPower(text)]).toEqual([1, undefined]);
});
