import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { folderWith, pointFile } from "../helpers/kernel-file.ts";
import { resultsIn } from "../helpers/map.ts";

const TASK = `import { exit } from "node:process";
import { task } from "manyhands/kernel";
const never = new Promise(() => {});
export default task({
  task: async (what: string) => {
    if (what === "exit") exit(0);
    if (what === "reject") void Promise.reject(new Error("let go"));
    if (what === "timer") {
      setTimeout(() => { throw new Error("in a timer"); });
      await never;
    }
    return what;
  },
});
`;

test.each(["serial", "threads", "local"])(
  "on %s an item that would end its process fails alone",
  async (engine) => {
    const folder = folderWith({ "deadly.ts": TASK });
    const out = join(folder, "out");
    const { code, stderr } = await runCli(
      [
        "map",
        join(folder, "deadly.ts"),
        "-",
        "--engine",
        engine,
        "--out",
        out,
        "--concurrency",
        "2",
        "--no-plots",
      ],
      { stdin: '"a"\n"exit"\n"b"\n"reject"\n"timer"\n"c"\n' },
    );
    expect({ code, stderr }).toMatchObject({ code: 3 });
    expect(resultsIn(out)).toEqual([
      { index: 0, value: "a" },
      { index: 1, error: expect.stringContaining("got a call of process.exit. (deadly.ts:6)") },
      { index: 2, value: "b" },
      { index: 3, error: "Error: let go (deadly.ts:7)" },
      { index: 4, error: "Error: in a timer (deadly.ts:9)" },
      { index: 5, value: "c" },
    ]);
    expect(readdirSync(out).filter((name) => name.startsWith("running"))).toEqual([]);
  },
);

test.each(["serial", "threads", "local"])(
  "on %s a promise that a kernel leaves rejected fails its chunk alone",
  async (engine) => {
    const folder = folderWith({
      "mine.ts": pointFile('if (x === 0) Promise.reject(new Error("left")); return x;'),
    });
    const out = join(folder, "out");
    const { code, stderr } = await runCli([
      ...["run", join(folder, "mine.ts"), "--points", "8", "--chunk", "2", "--engine", engine, "--out", out],
      ...["--no-plots"],
    ]);
    expect({ code, stderr }).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("Error: left (mine.ts:6) (2 attempts"),
    });
  },
);
