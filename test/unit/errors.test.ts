import { expect, test } from "vitest";
import { StageError } from "../../client/remote/stage-error.ts";
import * as errors from "../../shared/validation/errors.ts";

const classes = Object.entries(errors).filter(
  ([name, value]) => /^[A-Z]\w+Error$/.test(name) && name !== "ManyhandsError" && typeof value === "function",
);

test("every error class names itself, because the minified bundles' classes have other names", () => {
  expect(classes.length).toBeGreaterThan(5);
  for (const [name, value] of classes) {
    const Class = value as new (...args: string[]) => Error;
    expect(new Class("one", "two", "three").name).toBe(name);
    expect(Object.hasOwn(new Class("one", "two", "three"), "name")).toBe(true);
  }
});

test("an error of another bundle, whose classes are its own, is as permanent as it says and described alike", async () => {
  const elsewhere: typeof errors = await import(`${"../../shared/validation/errors.ts"}?another-copy`);
  const refused = new elsewhere.InvalidInputError("key", "a path", "a link");
  expect(refused).not.toBeInstanceOf(errors.InvalidInputError);
  expect(errors.isPermanent(refused)).toBe(true);
  expect(errors.isPermanent(new elsewhere.CorruptChunkError("half of one"))).toBe(false);
  expect(errors.describeError(refused)).toBe("Expected key to be a path, got a link.");
  expect(errors.isPermanent(new TypeError("a bug"))).toBe(false);
  // The library's caller asks for the class.
  expect(errors.asOwn(refused)).toBe(refused);
  expect(refused).toBeInstanceOf(errors.InvalidInputError);
  expect(refused).toMatchObject({ name: "InvalidInputError", code: "INVALID_INPUT", field: "key" });
  const corrupt = new elsewhere.CorruptChunkError("half of one");
  expect(errors.asOwn(corrupt)).not.toBeInstanceOf(errors.InvalidInputError);
});

test("a newer version may pass for a stage, and what the splitter says of it is a command's bad input", () => {
  const error = new errors.NewerVersionError("resume request", { version: 2, known: 1 });
  expect(errors.isPermanent(error)).toBe(false);
  const answered = new StageError("splitter", error.name, error.message);
  expect(errors.isPermanent(answered)).toBe(true);
  expect(answered.message).toBe(error.message);
});
