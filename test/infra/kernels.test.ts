import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { App } from "aws-cdk-lib";
import { afterAll, describe, expect, test } from "vitest";
import { propsFromContext } from "../../infra/context.ts";
import { SettingError } from "../../infra/settings.ts";
import { STAGES } from "../../shared/build/bundling.ts";
import { pointFile } from "../helpers/kernel-file.ts";
import { synthesize } from "./synthesize.ts";

const folder = mkdtempSync(join(tmpdir(), "manyhands-kernels-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const mine = join(folder, "mine.ts");
writeFileSync(mine, pointFile("return x;"));

const deployed = synthesize({ monitoring: false, kernels: [mine] });

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
    const { fanOut, idOf, template } = deployed;
    const { Resources: before, Outputs: said } = without.template.toJSON();
    const { Resources: after, Outputs } = structuredClone(template.toJSON());
    const { Kernels, ...others } = Outputs;
    expect(others).toEqual(said);
    expect(JSON.parse(Kernels.Value)).toEqual({ mine: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const changed = [fanOut.splitter, fanOut.worker].map(idOf);
    expect(Object.keys(after).filter((id) => !isDeepStrictEqual(after[id], before[id]))).toEqual(changed);
    for (const id of changed) after[id].Properties.Code = before[id].Properties.Code;
    expect(after).toEqual(before);
  });

  test("lie beside the bundle in the zips of splitter and worker, with what loads them; the aggregator's has none", () => {
    const { fanOut, assetOf } = deployed;
    const artifact = `${fanOut.kernels.mine}.cjs`;
    for (const stage of ["splitter", "worker"] as const) {
      expect(readdirSync(assetOf(fanOut[stage])).toSorted()).toEqual(["index.js", "kernels"]);
      const kernels = join(assetOf(fanOut[stage]), "kernels");
      expect(readdirSync(kernels).toSorted()).toEqual(
        [artifact, "apart.js", "host.js", "index.json"].toSorted(),
      );
      expect(JSON.parse(readFileSync(join(kernels, "index.json"), "utf8"))).toEqual(fanOut.kernels);
    }
    expect(readdirSync(assetOf(fanOut.aggregator))).toEqual(["glyphs.js", "index.js"]);
  });

  test("are the same asset wherever they lie, and no asset names a place of this machine", () => {
    const elsewhere = join(folder, "else where", "mine.ts");
    cpSync(mine, elsewhere);
    const made = [deployed, synthesize({ monitoring: false, kernels: [elsewhere] })];
    const [here, there] = made.map(({ fanOut, resource }) =>
      STAGES.map((stage) => resource(fanOut[stage]).Properties.Code.S3Key),
    );
    expect(here).toEqual(there);
    const { fanOut, assetOf } = made[1]!;
    for (const path of readdirSync(assetOf(fanOut.worker), { recursive: true, encoding: "utf8" })) {
      if (!/\.\w+$/.test(path)) continue;
      const text = readFileSync(join(assetOf(fanOut.worker), path), "utf8");
      const named = [folder, join(import.meta.dirname, "../.."), homedir()].filter((place) =>
        text.includes(place),
      );
      expect({ path, named }).toEqual({ path, named: [] });
    }
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
