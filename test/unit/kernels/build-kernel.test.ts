import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadArtifact } from "../../../shared/kernels/artifact.ts";
import { artifactOf, buildKernel, kernelName } from "../../../tools/kernels/build-kernel.ts";
import { sourceHash } from "../../../tools/kernels/source-hash.ts";
import { folderWith, loaded, pointFile } from "../../helpers/kernel-file.ts";

const BALL = `import { kernel } from "manyhands/kernel";
import { G } from "./lib/gravity.ts";
import { half } from "halves";

export default kernel({
  about: "the height of a thrown ball",
  inputs: { time: { unit: "s", from: 0, to: 2 }, speed: { unit: "m/s", default: 10 } },
  value: { name: "height", unit: "m" },
  point: ({ time, speed }: { time: number; speed: number }): number => speed * time - half(G) * time ** 2,
});
`;
const FILES = {
  "mine/Thrown ball.ts": BALL,
  "mine/lib/gravity.ts": "export const G = 9.81;\n",
  "mine/tsconfig.json": '{ "compilerOptions": { "target": "es3", "paths": { "halves": ["./nowhere"] } } }',
  "node_modules/halves/package.json": '{ "main": "halves.cjs" }',
  "node_modules/halves/halves.cjs": "exports.half = (x) => x / 2;\n",
};

const HALVES = "node_modules/halves/halves.cjs";

const build = (folder: string, name: string, onBuild?: () => void) =>
  buildKernel(join(folder, name), { onBuild, folder: join(folder, "kept") });

test("a file with imports of its own and of npm packages becomes one artifact that computes, through a link too", async () => {
  const folder = folderWith(FILES);
  const built = await build(folder, "mine/Thrown ball.ts");
  expect(built).toMatchObject({
    name: "thrown-ball",
    path: join(folder, "mine/Thrown ball.ts"),
    kind: "js",
    declaration: {
      about: "the height of a thrown ball",
      form: "point",
      inputs: { time: { unit: "s", from: 0, to: 2 }, speed: { default: 10 } },
      values: [{ name: "height", unit: "m" }],
    },
  });
  expect(built.hash).toMatch(/^[0-9a-f]{64}$/);
  symlinkSync(join(folder, "mine/Thrown ball.ts"), join(folder, "ball.ts"));
  const linked = { name: "ball", hash: built.hash, path: join(folder, "ball.ts"), artifact: built.artifact };
  expect(await build(folder, "ball.ts")).toMatchObject(linked);
  const { point } = loadArtifact(built.artifact) as { point?: (inputs: object) => number };
  expect(point?.({ time: 1, speed: 10 })).toBe(10 - 9.81 / 2);
});

test.each([
  ["a.mjs", `import { kernel } from "manyhands/kernel";\nexport default kernel(IT);`],
  ["a.cjs", `const { kernel } = require("manyhands/kernel");\nmodule.exports = kernel(IT);`],
  ["a.js", `const m = require("manyhands/kernel");\nexports.default = m.kernel(IT);`],
  [
    "a.mts",
    `import * as m from "manyhands/kernel";\nconst it: object = m.kernel(IT);\nexport { it as default };`,
  ],
  ["a.cts", `import m = require("manyhands/kernel");\nexport = m.kernel(IT);`],
])("%s exports a kernel in its own way", async (name, text) => {
  const it = `{ inputs: { x: { from: 0, to: 1 } }, value: { name: "y" }, point: ({ x }) => x + 1 }`;
  const folder = folderWith({ [name]: text.replace("IT", it) });
  const { artifact } = await artifactOf(join(folder, name), "kernel");
  const { point } = loadArtifact(artifact) as { point?: (inputs: object) => number };
  expect(point?.({ x: 1 })).toBe(2);
});

test("a task is built with Node's modules and globals, however its file imports task; at load it sees no environment", async () => {
  const body = `task({ about: Object.keys(process.env).join(), task: async (name) => [basename(name), typeof process.pid, typeof fetch] })`;
  const folder = folderWith({
    "first.ts": `import { task } from "manyhands/kernel";\nimport { basename } from "node:path";\n// no kernel(\nexport default ${body};`,
    "second.ts": `import * as m from "manyhands/kernel";\nconst basename = (path: string) => path.slice(2);\nconst make = m.task;\nexport default ${body.replace("task(", "make(")};`,
  });
  for (const name of ["first", "second"]) {
    const { artifact, declaration } = await build(folder, `${name}.ts`);
    expect(declaration).toEqual({ about: "", form: "task", inputs: {}, values: [] });
    const { task } = loadArtifact(artifact) as unknown as { task: (item: string) => Promise<unknown> };
    expect(await task("a/b"), name).toEqual(["b", "number", "function"]);
  }
});

test("a kernel that speaks of a task is a kernel, without Node", async () => {
  const text = pointFile("return typeof process === 'undefined' ? task : 0;", "const task = 7;");
  const renamed = text.replace("{ kernel }", "{ kernel as make }").replace("kernel({", "make({");
  const folder = folderWith({ "mine.ts": renamed });
  const { artifact, declaration } = await build(folder, "mine.ts");
  const { point } = loadArtifact(artifact) as { point?: (inputs: object) => number };
  expect([declaration.form, point?.({ x: 0 })]).toEqual(["point", 7]);
});

test("the hash follows the text of the file and of its imports, and neither the folder's place nor line ends", async () => {
  const folder = folderWith(FILES);
  const name = "mine/Thrown ball.ts";
  const hashes: string[] = [];
  const hashAfter = async (change: () => void, path = name) => {
    change();
    hashes.push((await artifactOf(join(folder, path), "kernel")).hash);
  };
  await hashAfter(() => {});
  await hashAfter(() => writeFileSync(join(folder, "unrelated.ts"), "1"));
  await hashAfter(() => writeFileSync(join(folder, name), BALL.replaceAll("\n", "\r\n")));
  await hashAfter(() => renameSync(join(folder, "mine"), join(folder, "yours")), "yours/Thrown ball.ts");
  await hashAfter(() => {
    mkdirSync(join(folder, "deeper/down"), { recursive: true });
    renameSync(join(folder, "yours"), join(folder, "deeper/down/mine"));
  }, "deeper/down/mine/Thrown ball.ts");
  expect(new Set(hashes).size).toBe(1);
  renameSync(join(folder, "deeper/down/mine"), join(folder, "mine"));
  await hashAfter(() => writeFileSync(join(folder, "mine/lib/gravity.ts"), "export const G = 9.80;\n"));
  await hashAfter(() => writeFileSync(join(folder, HALVES), "exports.half = (x) => x * 0.5;\n"));
  await hashAfter(() => writeFileSync(join(folder, name), `${BALL}\n// seen\n`));
  expect(new Set(hashes).size).toBe(4);
});

test("the hash follows the versions of driver and maths, and both texts of two files of one name, in any order", () => {
  const one = ["/a/node_modules/p/node_modules/q/i.js", "1"] as const;
  const other = ["/a/node_modules/q/i.js", "2"] as const;
  const sources = new Map([one, other]);
  const hashes = [
    sourceHash("/a/b.ts", sources, { driver: 1, maths: 1 }),
    sourceHash("/a/b.ts", sources, { driver: 2, maths: 1 }),
    sourceHash("/a/b.ts", sources, { driver: 1, maths: 2 }),
    sourceHash("/a/b.ts", new Map([one]), { driver: 1, maths: 1 }),
  ];
  expect(new Set(hashes).size).toBe(4);
  expect(sourceHash("/a/b.ts", new Map([other, one]), { driver: 1, maths: 1 })).toBe(hashes[0]);
});

test("an unchanged file is not evaluated again, and gives the same artifact", async () => {
  const folder = folderWith(FILES);
  let built = 0;
  const again = () => build(folder, "mine/Thrown ball.ts", () => built++);
  const first = await again();
  expect(await again()).toEqual(first);
  expect(built).toBe(1);
  writeFileSync(join(folder, `kept/${first.hash}.json`), '{"kind":"kern');
  expect(await again()).toEqual(first);
  writeFileSync(join(folder, `kept/${first.hash}.cjs`), "another");
  expect(await again()).toEqual(first);
  expect(built).toBe(3);
});

test("a file's name becomes a kernel's", () => {
  const names = ["/a/Black Scholes.ts", "./gray_scott.v2.mjs", "-x-.js", `${"long".repeat(20)}.ts`].map(
    kernelName,
  );
  expect(names).toEqual(["black-scholes", "gray-scott-v2", "x", "long".repeat(10)]);
});

test("the file's own name, and a compiled twin, are kept", async () => {
  const folder = folderWith({
    "3d.ts": pointFile("return x;").replace("inputs:", 'name: "waves", fast: "./lib/waves.wasm",\n  inputs:'),
  });
  expect(await build(folder, "3d.ts")).toMatchObject({ name: "waves", fast: join(folder, "lib/waves.wasm") });
});

test("an artifact of another version is refused", async () => {
  const { artifact } = await loaded(pointFile("return x;"));
  const older = artifact.replace(/maths \d+/, "maths 0");
  expect(() => loadArtifact(older)).toThrow(
    /^Expected the kernel's artifact to be built for this version \(driver \d+, maths \d+\), got ".*maths 0"\. Deploy again/,
  );
});
