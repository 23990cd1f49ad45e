import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { expect, test } from "vitest";
import { packed, ROOT, unpacked } from "../helpers/packed.ts";
import { publicNames } from "../helpers/public-names.ts";

const ENTRIES = ["index", "kernel", "cdk"];
/** An older TypeScript than ours, as many apps still have. */
const OLD_TSC = join(ROOT, "node_modules/@arethetypeswrong/core/node_modules/typescript/bin/tsc");
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");
const PEERS = ["aws-cdk-lib", "constructs", "@types/node", "undici-types"];

test("publint finds nothing to say", async () => {
  const { installed } = unpacked();
  const { messages } = await publint({ pkgDir: installed, pack: false, strict: true });
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
});

test("arethetypeswrong finds nothing but what require of ES modules needs: a Node that the package asks for anyway", async () => {
  const result = await checkPackage(createPackageFromTarballData(readFileSync(packed.tarball)));
  if (!result.types) throw new Error("no types");
  // CJSResolvesToESM: Node can `require` ES modules since 22.12.
  const others = result.problems.filter(({ kind }) => kind !== "CJSResolvesToESM");
  expect(others).toEqual([]);
  const entries = Object.keys(result.entrypoints).filter((entry) => entry !== "./package.json");
  expect(entries.toSorted()).toEqual(
    ENTRIES.map((name) => (name === "index" ? "." : `./${name}`)).toSorted(),
  );
});

test("the types have the public names of the sources", () => {
  const { installed } = unpacked();
  for (const entry of ENTRIES)
    expect(publicNames(join(installed, `${entry}.d.ts`)), entry).toEqual(
      publicNames(join(ROOT, `api/${entry}.ts`)),
    );
});

const KERNEL = `import { kernel, task } from "manyhands/kernel";
export default kernel({
  about: "the height of a thrown ball",
  inputs: { time: { unit: "s", from: 0, to: 2 }, speed: { default: 10 }, from: { choices: ["moon", "earth"] } },
  value: { name: "height", unit: "m" },
  point: ({ time, speed, from }) => speed * time - (from === "moon" ? 0.81 : 4.905) * time ** 2,
});
export const doubled = task({ task: async (item: number, { signal }) => (signal.aborted ? 0 : 2 * item) });
`;
const LIBRARY = `import { InvalidInputError, run } from "manyhands";
import ball from "./ball.js";
export const field = (error: InvalidInputError): string => error.field;
export async function cells(): Promise<number> {
  const { array } = await run(ball, { speed: { from: 5, to: 25 } }, { engine: "threads", points: [40, 30] });
  return (await array.toTypedArray()).length;
}
`;
const CDK = `import { FanOut } from "manyhands/cdk";
import { App, Stack } from "aws-cdk-lib";
const stack = new Stack(new App(), "Mine");
export const fan = new FanOut(stack, "Fan", { kernels: ["./ball.ts"], memoryMb: 512 });
`;
const files: Readonly<Record<string, string>> = {
  "ball.ts": KERNEL,
  "library.ts": LIBRARY,
  "cdk.ts": CDK,
};

/** What TypeScript says of these files, with every check of its own and of the package's declarations. */
function checked(
  texts: Readonly<Record<string, string>>,
  options: Readonly<Record<string, string | readonly string[]>> = {},
  tsc = TSC,
): string {
  // aws-cdk-lib's own declarations name Node's types, and break exactOptionalPropertyTypes.
  const { types = "cdk.ts" in texts ? ["node"] : [] } = options;
  const { folder } = unpacked(...(types.includes("node") ? PEERS : []));
  for (const [name, text] of Object.entries({ "ball.ts": KERNEL, ...texts }))
    writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const compilerOptions = {
    ...{
      strict: true,
      exactOptionalPropertyTypes: !("cdk.ts" in texts),
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
    },
    ...{ noEmit: true, target: "es2022", module: "nodenext" },
    ...options,
    types,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  return spawnSync(process.execPath, [tsc, "--project", folder], { cwd: folder, encoding: "utf8" }).stdout;
}

test.each(Object.keys(files))("the types that %s needs stand alone", (name) => {
  expect(checked({ [name]: files[name]! })).toBe("");
});

test("where a browser's types are left out, Node's do as well", () => {
  expect(checked(files, { lib: ["es2022"], types: ["node"] })).toBe("");
});

test("TypeScript 5 takes them too, also where it reads no exports, as in older CDK apps", () => {
  const commonJs = { module: "commonjs", moduleResolution: "node" };
  expect(checked(files, {}, OLD_TSC)).toBe("");
  expect(checked(files, commonJs, OLD_TSC)).toBe("");
});

test.each<readonly [name: string, right: string, wrong: string, error: RegExp]>([
  ["ball.ts", "default: 10", "defualt: 10", /ball\.ts\(4,\d+\): error TS\d+: .*'defualt'/s],
  ["ball.ts", "speed * time", "sped * time", /ball\.ts\(6,\d+\): error TS/],
  ["ball.ts", '"moon" ?', '"mars" ?', /ball\.ts\(6,\d+\): error TS2367/],
  ["library.ts", "error.field", "error.filed", /library\.ts\(3,\d+\): error TS2551: .*'filed'.*'field'/s],
  ["library.ts", "engine:", "enigne:", /library\.ts\(5,\d+\): error TS2769: No overload/],
  ["library.ts", "{ speed:", "{ sped:", /library\.ts\(5,\d+\): error TS2769: No overload/],
  ["cdk.ts", "memoryMb", "memroyMb", /cdk\.ts\(4,\d+\): error TS\d+: .*'memroyMb'/s],
])("what is misspelt in %s is an error: %s as %s", (name, right, wrong, error) => {
  expect(files[name]).toContain(right);
  expect(checked({ [name]: files[name]!.replace(right, wrong) })).toMatch(error);
});
