import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { App } from "aws-cdk-lib";
import { afterAll, describe, expect, test } from "vitest";
import { propsFromContext } from "../../infra/context.ts";
import { intoZip } from "../../infra/kernels.ts";
import { SettingError } from "../../infra/settings.ts";
import { pointFile } from "../helpers/kernel-file.ts";
import { synthesize } from "./synthesize.ts";

const folder = mkdtempSync(join(tmpdir(), "manyhands-kernels-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const mine = join(folder, "mine.ts");
writeFileSync(mine, pointFile("return x;"));

const pathsOf = (kernels: unknown) => propsFromContext(new App({ context: { kernels } }).node).kernels;

describe("kernels of one's own", () => {
  test("are paths with commas between them on the command line, or a list in cdk.json", () => {
    const paths = [resolve("./mine.ts"), "/else where/other.wasm"];
    expect(pathsOf("./mine.ts, /else where/other.wasm")).toEqual(paths);
    expect(pathsOf(["./mine.ts", "/else where/other.wasm"])).toEqual(paths);
    expect(pathsOf(undefined)).toBeUndefined();
  });

  test.each(["", ",", "./mine.ts,", []])("%j are refused with a sentence", (kernels) => {
    expect(() => pathsOf(kernels)).toThrow(
      `Expected kernels to be paths of files, with commas between them, got \`${kernels}\`.`,
    );
  });

  test("change the code of splitter and worker, and nothing else: same ids, same grants, one output more", () => {
    const without = synthesize({ monitoring: false });
    const { fanOut, idOf, template } = synthesize({ monitoring: false, kernels: [mine] });
    const { Resources: before, Outputs: said } = without.template.toJSON();
    const { Resources: after, Outputs } = template.toJSON();
    const { Kernels, ...others } = Outputs;
    expect(others).toEqual(said);
    expect(JSON.parse(Kernels.Value)).toEqual({ mine: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const changed = [fanOut.splitter, fanOut.worker].map(idOf);
    expect(Object.keys(after).filter((id) => !isDeepStrictEqual(after[id], before[id]))).toEqual(changed);
    for (const id of changed) after[id].Properties.Code = before[id].Properties.Code;
    expect(after).toEqual(before);
  });

  test("go into a zip by a command that a shell does not take apart, and there is none without them", () => {
    expect(intoZip([], "/out")).toEqual([]);
    const awkward = ["/a b/$HOME.ts", "/it's/`pwd`.wasm", '/say "so".ts'];
    const [command = ""] = intoZip([...awkward, "./mine.ts"], "/an output");
    const words = spawnSync("sh", ["-c", `printf '%s\\n' ${command}`], { encoding: "utf8" }).stdout.split(
      "\n",
    );
    expect(words.slice(2, -1)).toEqual(["--into", "/an output", ...awkward, resolve("mine.ts")]);
  });

  test("of which one cannot be built, or two have one name, are refused with a sentence", () => {
    const refused = (kernels: string[], why: string) =>
      new SettingError("kernels", "files of kernels that can be built", kernels, why);
    const none = join(folder, "none.ts");
    expect(() => synthesize({ kernels: [none] })).toThrow(
      refused([none], `Expected the kernel's file to be one that can be read, got nothing at ${none}.`),
    );
    expect(() => synthesize({ kernels: [mine, mine] })).toThrow(
      refused(
        [mine, mine],
        `Expected the kernels to be of different names, got mine in both ${mine} and ${mine}.`,
      ),
    );
  });
});
