import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyOfCheckout } from "../helpers/checkout.ts";
import { MAIN, runCli } from "../helpers/cli.ts";
import { runWith, toolsFrom } from "../helpers/registry-tools.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const ROOT = join(import.meta.dirname, "../..");
const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
/** The oldest Node that package.json promises, and the npm that came with it. */
const OLDEST_NODE = `${/^>=(\d+\.\d+)$/.exec(engines.node)?.[1]}.0`;
const ITS_NPM = "10.5.0";

/** That Node with its npm, before all others on the path. */
async function installOldest() {
  const bin = await toolsFrom(`node@${OLDEST_NODE}`, `npm@${ITS_NPM}`);
  const run = (file: string, args: readonly string[], cwd: string) => runWith(bin, file, args, { cwd });
  const node = join(bin, "node");
  expect((await run(node, ["--version"], bin)).stdout).toBe(`v${OLDEST_NODE}\n`);
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
