import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyOfCheckout } from "../helpers/checkout.ts";
import { type Ended, MAIN, runCli } from "../helpers/cli.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const ROOT = join(import.meta.dirname, "../..");
const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
/** The oldest Node that package.json promises, and the npm that came with it. */
const OLDEST_NODE = `${/^>=(\d+\.\d+)$/.exec(engines.node)?.[1]}.0`;
const ITS_NPM = "10.5.0";

/** Without what npm, which runs these tests, tells its children. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

/** That Node with its npm, from the registry that npm is set up for: where that does not answer, the test fails with what npm says. */
async function installOldest() {
  const tools = temporaryFolder();
  const bin = join(tools, "node_modules/.bin");
  const node = join(bin, "node");
  /** With that Node before all others. */
  const run = (file: string, args: readonly string[], cwd: string) =>
    new Promise<Ended>((resolve) => {
      const env = { ...environment, PATH: `${bin}:/usr/local/bin:/usr/bin:/bin` };
      const child = execFile(file, args, { cwd, env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
      );
      child.stdin?.end();
    });
  writeFileSync(join(tools, "package.json"), "{}");
  const packages = [`node@${OLDEST_NODE}`, `npm@${ITS_NPM}`];
  const args = ["install", "--no-audit", "--no-fund", "--loglevel=error", ...packages];
  const { code, stderr } = await run("npm", args, tools);
  expect({ code, stderr }, "npm install of the oldest Node").toEqual({ code: 0, stderr: "" });
  expect((await run(node, ["--version"], tools)).stdout).toBe(`v${OLDEST_NODE}\n`);
  return { node, run };
}

test("the oldest Node that is promised installs quietly and runs jobs, by the Node that npm ci brings", async () => {
  const { node, run } = await installOldest();
  const cwd = temporaryFolder();
  for (const args of [["kernels", "--json"], ["run", "nosuch"], ["--help"]])
    expect(await run(node, [MAIN, ...args], cwd), args.join(" ")).toEqual(await runCli(args, { cwd }));

  const checkout = copyOfCheckout();
  const installed = await run("npm", ["ci", "--no-audit", "--no-fund"], checkout);
  expect(installed).toMatchObject({ code: 0, stderr: "" });
  const started = await run("npm", ["start", "--", "--size", "50", "--job-id", "j"], checkout);
  expect(started).toMatchObject({ code: 0, stderr: "Building the workers once, a few seconds …\n" });
  const { state } = JSON.parse(readFileSync(join(checkout, "results/j/summary.json"), "utf8"));
  expect(state).toBe("complete");
});
