import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MAIN, runCli } from "../helpers/cli.ts";
import { filesIn } from "../helpers/file-times.ts";
import { folderWith } from "../helpers/kernel-file.ts";

const SPOT = `import { kernel } from "manyhands/kernel";
import { payoff } from "./lib/payoff.js";

export default kernel({
  about: "a call's price, roughly",
  inputs: {
    spot: { about: "price today", unit: "EUR", from: 80, to: 120 },
    rate: { about: "interest", from: 0.001, to: 0.1, scale: "log" },
    strikePrice: { about: "price agreed", unit: "EUR", default: 100, minimum: 0 },
    style: { choices: ["call", "put"] },
    noisy: { flag: true },
  },
  values: { price: { unit: "EUR" }, pence: { dtype: "uint16" } },
  point({ spot, rate, strikePrice, style, noisy }, { random }) {
    const gain = style === "put" ? payoff(strikePrice, spot) : payoff(spot, strikePrice);
    const price = gain * Math.exp(-rate) + (noisy ? random() : 0);
    return { price, pence: Math.round(100 * price) };
  },
});
`;
const SMALL = ["--points", "12x10", "--chunk", "5x4"];

const PAYOFF = "export const payoff = (a, b) => Math.max(a - b, 0);";
const FILES = { "spot.ts": SPOT, "lib/payoff.js": PAYOFF };

/** A user's folder, and the command line in it. */
function user(files: Readonly<Record<string, string>> = FILES) {
  const cwd = folderWith(files);
  return { cwd, run: (args: readonly string[], stdin = "") => runCli(args, { cwd, stdin }) };
}

test("a user's file gives the same bytes on every engine of one machine, and other ones from another seed", async () => {
  const { cwd, run } = user();
  const arrayOf = async (engine: string, ...more: string[]) => {
    const id = [engine, ...more].join("").replaceAll("-", "");
    const job = ["spot.ts", ...SMALL, "--noisy", "--strike-price", "95", "--job-id", id, "--engine", engine];
    const { code, stderr, stdout } = await run(["run", ...job, "--no-plots", "--json", ...more]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { spec, values } = JSON.parse(stdout);
    expect(spec).toMatchObject({
      kernel: "spot",
      parameters: { strikePrice: 95, style: "call", noisy: true },
    });
    expect(values).toMatchObject([{ name: "price" }, { name: "pence" }]);
    const files = filesIn(join(cwd, "results", id, "array")).filter(({ path }) => /\/c\//.test(path));
    expect(files).toHaveLength(2 * 9 + 2); // chunks of both values, and coordinates
    return files.map(({ path, bytes }) => [path, bytes.toString("base64")]);
  };
  const [serial, threads, local, other] = await Promise.all([
    arrayOf("serial"),
    arrayOf("threads"),
    arrayOf("local"),
    arrayOf("serial", "--seed", "7"),
  ]);
  expect(threads).toEqual(serial);
  expect(local).toEqual(serial);
  expect(other).not.toEqual(serial);
});

test("its inputs are the options, with help and a word for a misspelt one", async () => {
  const { run } = user();
  const [help, misspelt, choice, unended] = await Promise.all([
    run(["run", "./spot.ts", "--help"]),
    run(["run", "./spot.ts", "--strik-price", "3"]),
    run(["run", "./spot.ts", "--style", "cal"]),
    run(["run", "spot", "--strike-price", "3"]),
  ]);
  const { stdout, code } = help;
  const options = stdout.slice(stdout.indexOf("Swept inputs"), stdout.indexOf("\nOptions:"));
  expect(options.split("\n").map((line) => line.trim().replace(/ {2,}/, "  "))).toEqual([
    "Swept inputs (from:to, from:to:points, a list as 1,2,5, or one value):",
    "--spot <from:to>  price today in EUR (80:120)",
    "--rate <from:to>  interest (log:0.001:0.1)",
    "",
    "Numbers (one value; a list or from:to sweeps one):",
    "--strike-price <EUR>  price agreed, at least 0 (100)",
    "",
    "Choices (a list sweeps one):",
    "--style <call|put>  (call)",
    "",
    "Flags (true,false sweeps one):",
    "--noisy [true|false]  (false)",
    "",
  ]);
  expect(stdout).not.toMatch(/^ *--max-iterations/m);
  expect(code).toBe(0);
  expect(misspelt.stderr).toContain("unknown option '--strik-price'\n(Did you mean --strike-price?)");
  expect(misspelt.code).toBe(2);
  expect(choice).toMatchObject({
    stderr: 'Expected --style to be one of call, put, got "cal". Did you mean call?\n',
    code: 2,
  });
  expect(unended.stderr).toMatch(
    /^Expected kernel to be one of .*, got "spot"\. Did you mean \.\/spot\.ts\?\n$/,
  );
  expect(unended.code).toBe(2);
});

test("a request names a kernel's file from its own folder, or through a pipe from the current one", async () => {
  const request = (kernel: string, requestId: string) =>
    JSON.stringify({ kernel, requestId, points: [6, 5], output: { plots: false } });
  const elsewhere = folderWith({
    ...{ "sub/request.json": request("./near.ts", "file"), "wrong.json": request("./near.ts", "wrong") },
    ...{ "sub/near.ts": SPOT.replace("./lib", "../lib"), "lib/payoff.js": PAYOFF },
  });
  const { run } = user();
  const silent = { code: 0, stdout: "", stderr: "" };
  const file = join(elsewhere, "sub/request.json");
  expect(await run(["run", "--request", file, "--engine", "serial", "-q"])).toEqual(silent);
  const checked = await run(["check", "--request", file, "--json"]);
  expect(JSON.parse(checked.stdout)).toMatchObject({ name: "near", file: join(elsewhere, "sub/near.ts") });
  const piped = request("./spot.ts", "pipe");
  expect(await run(["run", "--request", "-", "--engine", "serial", "-q"], piped)).toEqual(silent);
  expect(await run(["run", "--request", join(elsewhere, "wrong.json")])).toMatchObject({
    stderr: `Expected the kernel's file to be one that can be read, got nothing at ${join(elsewhere, "near.ts")}.\n`,
    code: 2,
  });
});

test("a path that an option takes is not the kernel's file", async () => {
  const { run } = user();
  const small = ["--points", "4x4", "--no-plots", "--engine", "serial"];
  for (const out of [["--out=./a.b/c"], ["-qo", "./d.ts"]])
    expect(await run(["run", ...small, "-q", ...out])).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("check says what it declares and what its job would be cut into, and writes nothing into the folder", async () => {
  const { cwd, run } = user();
  const before = filesIn(cwd);
  const [text, json] = await Promise.all([
    run(["check", "./spot.ts", ...SMALL]),
    run(["check", "./spot.ts", ...SMALL, "--json"]),
  ]);
  expect(text.stdout).toMatch(/^spot: a call's price, roughly\n/);
  expect(text.stdout).toContain(`file      ${join(cwd, "spot.ts")}\n`);
  expect(text.stdout).toMatch(/hash +[0-9a-f]{64}: /);
  expect(text.stdout).toMatch(/cut +12 x 10 into 9 chunks of 5 x 4, in \d messages?/);
  const facts = JSON.parse(json.stdout);
  expect(facts).toMatchObject({
    name: "spot",
    file: join(cwd, "spot.ts"),
    cut: { chunks: 9, shape: [12, 10] },
  });
  expect(Object.keys(facts.declaration.inputs)).toEqual(["spot", "rate", "strikePrice", "style", "noisy"]);
  expect(text.stdout).toContain(facts.hash);
  expect([text.code, json.code]).toEqual([0, 0]);
  expect(filesIn(cwd)).toEqual(before);
});

test("table writes a line a cell, in rows, and ends with a reader that has seen enough", async () => {
  const { cwd, run } = user();
  const job = ["--points", "200x100", "--job-id", "big", "--engine", "serial", "--no-plots", "-q"];
  expect((await run(["run", "spot.ts", ...job])).code).toBe(0);
  const { stdout } = await run(["table", "big"]);
  const [head, first, ...rows] = stdout.trimEnd().split("\n");
  expect([head, first]).toEqual(["spot,rate,price,pence", "80,0.001,0,0"]);
  expect(rows).toHaveLength(200 * 100 - 1);
  const [spot, rate, price, pence] = rows.at(-1)!.split(",").map(Number);
  expect(spot).toBeCloseTo(120 - 40 / 200, 10);
  expect(price).toBeCloseTo((spot! - 100) * Math.exp(-rate!), 10);
  expect(pence).toBe(Math.round(100 * price!));
  const pipe = `"$0" "$1" table big | head -n 2; echo "\${PIPESTATUS[0]}"`;
  const shown = execFileSync("bash", ["-c", pipe, process.execPath, MAIN], { cwd, encoding: "utf8" });
  expect(shown).toBe("spot,rate,price,pence\n80,0.001,0,0\n0\n");
});

test("with three axes a picture is cut at the place that --at names", async () => {
  const { cwd, run } = user();
  const three = ["spot.ts", "--points", "4x4", "--strike-price", "90,100,110", "--engine", "serial"];
  const wrong = await run(["run", ...three, "--at", "spot=90"]);
  expect(wrong.stderr).toBe(
    'Expected --at to be a place on an axis after the first two (strikePrice), got "spot".\n',
  );
  expect(wrong.code).toBe(2);
  const drawn = await run(["run", ...three, "--at", "strike-price=110", "--job-id", "at", "--json"]);
  expect(JSON.parse(drawn.stdout)).toMatchObject({ state: "complete", shape: [4, 4, 3] });
  expect(filesIn(join(cwd, "results/at")).map(({ path }) => path)).toContain("heatmap-price.png");
});

test("a kernel whose input must be given has a schema, and its job a sentence", async () => {
  const { run } = user({ "spot.ts": SPOT.replace("default: 100, ", ""), "lib/payoff.js": PAYOFF });
  const { stdout } = await run(["check", "spot.ts", "--schema"]);
  expect(JSON.parse(stdout).properties.inputs).toMatchObject({ required: ["strikePrice"] });
  const refused = await run(["run", "spot.ts", "--points", "4x4"]);
  expect(refused.stderr).toMatch(/^Expected --strike-price to be .*\n$/);
  expect(refused.code).toBe(2);
});
