import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packed, ROOT } from "../helpers/packed.ts";
import { runWith } from "../helpers/registry-tools.ts";
import { deployedSite } from "../helpers/site.ts";

/** The project that `init` of the package makes, beside the package: synthesised and deployed as it is. */
let project: string;
let program: string;
const site = deployedSite({
  app(folder) {
    const packages = join(folder, "node_modules");
    mkdirSync(join(packages, "manyhands"), { recursive: true });
    execFileSync("tar", ["-xzf", packed.tarball, "-C", join(packages, "manyhands"), "--strip-components=1"]);
    for (const name of ["esbuild", "aws-cdk-lib", "constructs"])
      symlinkSync(join(ROOT, "node_modules", name), join(packages, name));
    program = join(packages, "manyhands/dist/cli/main.js");
    project = join(folder, "my-grid");
    execFileSync(process.execPath, [program, "init", project], { stdio: "ignore" });
    const output = join(folder, "cdk.out");
    execFileSync(join(ROOT, "node_modules/.bin/cdk"), ["synth", "--quiet", "--output", output], {
      cwd: project,
      env: { ...process.env, XDG_CACHE_HOME: join(folder, "cache"), CDK_DISABLE_VERSION_CHECK: "1" },
    });
    return output;
  },
});

/** The sum of a job of the project's kernel, computed there or here. */
async function sumBy(...options: readonly string[]): Promise<number> {
  const job = ["--points", "12x10", "--chunk", "5x5", "--no-plots", "--json", ...options];
  const { environment } = site.localStack;
  const env = { ...environment, XDG_CACHE_HOME: join(site.folder, "cache") };
  const args = [program, "run", "./spot.ts", ...job];
  const { code, stdout, stderr } = await runWith("/bin", process.execPath, args, { cwd: project, env });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout).sum;
}
const THERE = ["--engine", "aws", "--stack", "my-grid"];

test("its kernel runs on the deployment, with the sum that it has here", async () => {
  expect(await sumBy(...THERE)).toBe(await sumBy("--engine", "serial"));
});

test("changed, it runs there without another deployment", async () => {
  const before = await sumBy("--engine", "serial");
  const file = join(project, "spot.ts");
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace("sign * (price - strike)", "sign * (price - strike) + 1"),
  );
  const after = await sumBy(...THERE);
  expect(after).toBe(await sumBy("--engine", "serial"));
  expect(after).not.toBe(before);
});
