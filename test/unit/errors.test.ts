import { expect, test } from "vitest";
import * as errors from "../../shared/errors.ts";

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
