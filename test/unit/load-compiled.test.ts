import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../helpers/temporary.ts";

const MODULE = join(import.meta.dirname, "../../tools/bundling/load-compiled.js");

/** A built file with this source, loaded by processes that evaluate `body` with it and with `require` to compare. */
function builtFile(source: string) {
  const folder = temporaryFolder();
  const file = join(folder, "program/index.js");
  mkdirSync(join(folder, "program"));
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }');
  writeFileSync(file, source);
  const cache = join(folder, "cache");
  const run = (body: string) => {
    const program = `import { loadCompiled } from ${JSON.stringify(MODULE)};
      import { createRequire } from "node:module";
      const require = createRequire(${JSON.stringify(file)});
      const file = ${JSON.stringify(file)};
      const load = () => loadCompiled(file, "test").exports;
      ${body}`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module", "--eval", program],
      {
        encoding: "utf8",
        env: { NODE_COMPILE_CACHE: cache },
      },
    );
    return { status, printed: stdout.trim(), stderr };
  };
  const kept = (): string[] =>
    readdirSync(cache, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".code"))
      .map((name) => join(cache, name));
  return { file, run, kept };
}

test("the code of what ran is kept by the first process that ends well, and later processes take it", () => {
  const { run, kept } = builtFile("exports.double = (x) => 2 * x;");
  const print = "console.log(load().double(21));";
  expect(run(`${print} process.exitCode = 1;`)).toMatchObject({ status: 1, printed: "42" });
  expect(kept()).toEqual([]);
  expect(run(print)).toMatchObject({ status: 0, printed: "42" });
  const [code = ""] = kept();
  const { ino } = statSync(code);
  expect(run(print)).toMatchObject({ status: 0, printed: "42" });
  expect(statSync(code).ino).toBe(ino); // V8 accepted it: it would have been stored again
});

test("damaged code is not run but made again", () => {
  const { run, kept } = builtFile("exports.double = (x) => 2 * x;");
  const print = "console.log(load().double(21));";
  run(print);
  const [code = ""] = kept();
  const bytes = readFileSync(code);
  for (const damaged of [bytes.map((byte, k) => (k > 100 ? 0 : byte)), bytes.subarray(0, 50)]) {
    writeFileSync(code, damaged);
    expect(run(print)).toMatchObject({ status: 0, printed: "42" });
    expect(readFileSync(code)).toHaveLength(bytes.length);
  }
});

test("code of a former source is not run, also where the source's length is the same", () => {
  const { file, run } = builtFile("exports.double = (x) => 2 * x;");
  const print = "console.log(load().double(21));";
  run(print);
  writeFileSync(file, "exports.double = (x) => 4 * x;");
  expect(run(print)).toMatchObject({ status: 0, printed: "84" });
});

test("a module gets what require gives it, once, and its errors have the same places", () => {
  const { run } = builtFile(`exports.first = () => { throw new Error("first"); };
exports.second = () => {
  throw new Error("second");
};
exports.given = [typeof require("node:fs").statSync, typeof module.exports, __filename, __dirname];`);
  const body = `const placeIn = (call) => { try { call(); } catch ({ stack }) { return stack.split("\\n")[1].match(/:[0-9:]+/)[0]; } };
    const seen = (module) => JSON.stringify([placeIn(module.first), placeIn(module.second), module.given]);
    console.log(seen(load()) === seen(require(file)) && load() === load() ? "alike" : seen(load()));`;
  for (const _ of ["compiled", "kept"]) expect(run(body)).toMatchObject({ status: 0, printed: "alike" });
});
