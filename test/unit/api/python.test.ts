/** The option `python`: an interpreter that is not there is told before anything begins. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { plan, run, submit, tune } from "../../../api/index.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";

const file = join(import.meta.dirname, "../../../examples/python-kernel/henon.py");
const python = "./nowhere";
const request = { kernel: file };

test.each([
  ["run", () => run(file, {}, { python })],
  ["run by a request", () => run({ request, python })],
  ["submit", () => submit(file, {}, { python })],
  ["submit by a request", () => submit({ request, python })],
  ["plan", () => plan(file, {}, { python })],
  ["tune", () => tune(file, {}, { python })],
])("%s asks the interpreter that is named for a file of Python", async (_, asked) => {
  const sentence =
    "Expected the interpreter to be a path, or a program's name on PATH, got nothing at ./nowhere.";
  await expect(Promise.resolve(asked())).rejects.toThrow(sentence);
});

test("what is no text is refused", async () => {
  const asked = run(file, {}, { python: 3 as never });
  await expect(Promise.resolve(asked)).rejects.toThrow(InvalidInputError);
  await expect(Promise.resolve(asked)).rejects.toThrow("Expected python to be text, got 3.");
});
