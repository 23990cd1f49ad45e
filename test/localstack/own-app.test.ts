import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InvokeCommand, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { expect, test, vi } from "vitest";
import { STAGES } from "../../shared/build/bundling.ts";
import { readLogGroup } from "../helpers/localstack.ts";
import { packed, ROOT } from "../helpers/packed.ts";
import { deployedSite } from "../helpers/site.ts";

/** examples/own-app as its README has it: in a folder of its own, with the package as it is packed. No lock file, no sources of ours. */
let installed: string;
let output: string;
const site = deployedSite({
  app(folder) {
    const app = join(folder, "app");
    cpSync(join(ROOT, "examples/own-app"), app, { recursive: true });
    writeFileSync(join(app, "package.json"), `{ "type": "module" }`);
    installed = join(app, "node_modules/manyhands");
    mkdirSync(installed, { recursive: true });
    execFileSync("tar", ["-xzf", packed.tarball, "-C", installed, "--strip-components=1"]);
    for (const name of ["esbuild", "aws-cdk-lib", "constructs"])
      symlinkSync(join(ROOT, "node_modules", name), join(app, "node_modules", name));
    const ofFunctions = join(app, "nightly/node_modules");
    cpSync(installed, join(ofFunctions, "manyhands"), { recursive: true });
    for (const name of ["esbuild", "@esbuild"])
      cpSync(join(ROOT, "node_modules", name), join(ofFunctions, name), {
        recursive: true,
        dereference: true,
      });
    output = join(folder, "cdk.out");
    execFileSync(join(ROOT, "node_modules/.bin/cdk"), ["synth", "--quiet", "--output", output], {
      cwd: app,
      env: { ...process.env, XDG_CACHE_HOME: join(folder, "cache"), CDK_DISABLE_VERSION_CHECK: "1" },
    });
    return output;
  },
});

const functionNamed = async (part: string): Promise<string> => {
  const { Functions = [] } = await site.clients.lambda.send(new ListFunctionsCommand({}));
  return Functions.find(({ FunctionName = "" }) => FunctionName.includes(part))!.FunctionName!;
};

test("the functions are the package's bundles, byte for byte", () => {
  const assets = readdirSync(output).filter((name) => name.startsWith("asset."));
  const bundles = assets.flatMap((asset) => {
    const folder = join(output, asset);
    return readdirSync(folder).includes("index.js") ? [readFileSync(join(folder, "index.js"), "utf8")] : [];
  });
  for (const stage of STAGES)
    expect(bundles.includes(readFileSync(join(installed, "dist", stage, "index.js"), "utf8")), stage).toBe(
      true,
    );
});

test("its function starts a job by the library's submit, and the other one reacts to the end", async () => {
  const FunctionName = await functionNamed("NightlyStart");
  const Payload = JSON.stringify({ time: "2026-01-31T02:00:00Z" });
  const { Payload: answer, FunctionError } = await site.clients.lambda.send(
    new InvokeCommand({ FunctionName, Payload }),
  );
  expect([FunctionError, JSON.parse(answer!.transformToString())]).toEqual([
    undefined,
    { jobId: "decay-2026-01-31", chunks: expect.any(Number), messages: expect.any(Number) },
  ]);
  const logGroup = `/aws/lambda/${await functionNamed("NightlyEnded")}`;
  const said = "decay-2026-01-31 is complete: after a day 25.0 mg are left at the most.";
  await vi.waitUntil(
    async () => {
      const log = await readLogGroup(site.localStack, logGroup).catch(() => "");
      expect(log).not.toMatch(/Error/);
      return log.includes(said);
    },
    { timeout: 240_000, interval: 1000 },
  );
});
