import { join } from "node:path";
import { expect, test } from "vitest";
import { UsageError } from "../../tools/localstack/command.ts";
import { findPython, VERSIONS } from "../../tools/localstack/python.ts";
import { folderWith } from "../helpers/kernel-file.ts";

const MEND = "Install it (Debian: apt install python3.11-venv), or name it in MANYHANDS_PYTHON.";

/** A program that stands in for Python. */
const program = (script: string) => join(folderWith({ python: `#!/bin/sh\n${script}\n` }), "python");

test("the Python that MANYHANDS_PYTHON names is taken", async () => {
  const path = program(`echo ${VERSIONS[0]}`);
  expect(await findPython({ MANYHANDS_PYTHON: path })).toBe(path);
});

test.each([
  ["is too old", "echo 3.9", "3.9"],
  [
    "has no venv module",
    `echo "ModuleNotFoundError: No module named 'ensurepip'" >&2; exit 1`,
    "has no venv module",
  ],
  ["is something else", "echo hello", "is not Python"],
  ["fails", "exit 1", "does not run"],
])("one that %s is a sentence: what came, what is needed, what to do", async (_, script, got) => {
  const path = program(script);
  const found = findPython({ MANYHANDS_PYTHON: path });
  await expect(found).rejects.toThrow(UsageError);
  await expect(found).rejects.toThrow(
    `Expected Python ${VERSIONS.join(", ")} with its venv module for LocalStack, got: ${path} ${got}. ${MEND}`,
  );
});

test("so is one that is not there", async () => {
  const found = findPython({ MANYHANDS_PYTHON: "/nowhere/python" });
  await expect(found).rejects.toThrow("got: /nowhere/python is not there.");
});
