import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MAIN } from "../helpers/cli.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** The default job under a limit of open files. */
function runUnder(limit: number, ...options: string[]) {
  const out = join(temporaryFolder(), "out");
  const limited = `ulimit -n ${limit}; exec "$0" "$@"`;
  const run = [MAIN, "run", "--quiet", "--workers", "2", "--out", out, ...options];
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; stderr: string }>();
  execFile("sh", ["-c", limited, process.execPath, ...run], { timeout: 300_000 }, (error, _, stderr) =>
    resolve({ code: error ? error.code : 0, stderr }),
  );
  return promise.then((ended) => ({ ...ended, madeFolder: existsSync(out) }));
}

test.each([
  ["local", 24],
  ["local", 32],
  ["local", 48],
  ["local", 64],
  ["threads", 32],
])(
  "engine %s under a limit of %i open files says which one it needs, and starts nothing",
  async (engine, limit) => {
    const { code, stderr, madeFolder } = await runUnder(limit, "--engine", engine);
    expect(stderr).toMatch(
      new RegExp(
        `^Expected the limit of open files \\(ulimit -n\\) to be at least \\d+ for 2 workers, got ${limit}\\.\n$`,
      ),
    );
    expect({ code, madeFolder }).toEqual({ code: 2, madeFolder: false });
  },
);

test.each(["local", "threads"])("engine %s runs under the limit that it asks for", async (engine) => {
  const { stderr } = await runUnder(24, "--engine", engine);
  const needed = Number(/at least (\d+)/.exec(stderr)?.[1]);
  expect(await runUnder(needed, "--engine", engine)).toMatchObject({ code: 0, stderr: "" });
});
