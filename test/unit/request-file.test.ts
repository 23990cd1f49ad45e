import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { readRequestFile } from "../../api/request-file.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

test("a request without an end, or longer than any, is refused once it is too long", async () => {
  const long = join(temporaryFolder(), "long.json");
  writeFileSync(long, " ".repeat(2 ** 20 + 1));
  for (const path of ["/dev/zero", long])
    await expect(readRequestFile(path, "--request")).rejects.toThrow(
      `Expected --request to be at most 1048576 bytes, got "${path}", which has more.`,
    );
  writeFileSync(long, " ".repeat(2 ** 20));
  expect(await readRequestFile(long, "--request")).toHaveLength(2 ** 20);
});

test("a pipe that nobody writes to yet is waited for, and nothing else stands still meanwhile", async () => {
  const pipe = join(temporaryFolder(), "pipe");
  execFileSync("mkfifo", [pipe]);
  const request = readRequestFile(pipe, "--request");
  await turn();
  await appendFile(pipe, '{"kernel":"julia"}');
  expect(await request).toBe('{"kernel":"julia"}');
});
