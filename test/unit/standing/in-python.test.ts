import { join } from "node:path";
import { expect, test } from "vitest";
import { standByInPython } from "../../../client/standing/in-python.ts";
import { redisPlace } from "../../../shared/ports/redis/redis-url.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import { folderWith } from "../../helpers/kernel-file.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

const { signal } = new AbortController();
const PLACE = redisPlace("redis://127.0.0.1:1");
const HANDS = { name: "own", workers: 2, signal };

/** An interpreter that says what it was asked to run, and ends. */
const talker = () => join(folderWith({ python: '#!/bin/sh\necho "$@" >&2\nexit 3\n' }), "python");

test.each([
  [undefined, "redis"],
  ["s3://jobs", "s3://jobs"],
])(
  "workers for whom --store says %s are told %s, whatever bucket the environment names",
  async (store, told) => {
    const standing = standByInPython(PLACE, { ...HANDS, interpreter: talker(), store });
    await expect(standing).rejects.toThrow(InvalidInputError);
    await expect(standing).rejects.toThrow(
      new RegExp(` exit code 3 \\(-m manyhands worker .* --store ${told}\\)`),
    );
  },
);

test("an interpreter that cannot be started is named, and ends nothing else", async () => {
  const interpreter = join(temporaryFolder(), "python");
  const standing = standByInPython(PLACE, { ...HANDS, interpreter });
  await expect(standing).rejects.toThrow(InvalidInputError);
  await expect(standing).rejects.toThrow(
    `Expected the interpreter ${interpreter} to be a program that starts, got spawn ${interpreter} ENOENT.`,
  );
});
