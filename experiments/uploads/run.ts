/** Measures how soon an edited kernel has computed something, and what an uploaded one adds to a worker's cold start. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { STACK_NAME } from "../../shared/validation/env.ts";
import { deploy } from "../../tools/localstack/cdk.ts";
import { startLocalStack } from "../../tools/localstack/server.ts";
import { experiment } from "../measuring/experiment.ts";
import { ROOT } from "../measuring/machine.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";
import { measureColdStarts } from "./cold-starts.ts";
import {
  DEPLOYMENTS,
  EDITED_DEPLOYED,
  EDITED_LOCAL,
  EDITED_UPLOADED,
  EDITS,
  page,
  SAME_LOCAL,
  SAME_UPLOADED,
  SIDE,
} from "./page.ts";

type Environment = Readonly<Record<string, string>>;

await experiment("uploads", measure, page);

/** What results.json holds. */
export type Results = Awaited<ReturnType<typeof measure>>;

async function measure() {
  const coldStarts = await measureColdStarts();
  console.error("cold starts");
  const iterations = await inTemporaryFolder(measureIterations);
  return { iterations, coldStarts };
}

/** Wall time from the edit to the end of the command. */
async function measureIterations(folder: string): Promise<{ what: string; ms: number }[]> {
  const file = join(folder, "spot.ts");
  let edits = 0;
  const edit = () => writeFileSync(file, kernelText(++edits));
  const localStack = await startLocalStack();
  const deployed = (...args: string[]) =>
    deploy(localStack.environment, {
      args: ["-c", "maxConcurrency=4", "-c", "monitoring=false", "-c", "kernelUploads=all", ...args],
      output: join(folder, "cdk.out"),
    });
  const measured: { what: string; ms: number }[] = [];
  const timed = async (what: string, action: () => unknown) => {
    const from = performance.now();
    await action();
    measured.push({ what, ms: performance.now() - from });
  };
  const run = (engine: string, environment: Environment = {}) =>
    runOnce(
      ["run", file, "--engine", engine, "--points", `${SIDE}x${SIDE}`, "--no-plots", "-q"],
      folder,
      environment,
    );
  const far = () => run("aws", localStack.environment);
  try {
    const { outputs } = await deployed();
    if (!outputs[STACK_NAME]) throw new Error("Expected the stack to be deployed");
    edit();
    run("local"); // builds the bundles
    far(); // starts the first environments
    for (let k = 0; k < EDITS; k++) {
      edit();
      await timed(EDITED_LOCAL, () => run("local"));
      await timed(SAME_LOCAL, () => run("local"));
      edit();
      await timed(EDITED_UPLOADED, far);
      await timed(SAME_UPLOADED, far);
      console.error(`edit ${k + 1} of ${EDITS}`);
    }
    for (let k = 0; k < DEPLOYMENTS; k++) {
      edit();
      await timed(EDITED_DEPLOYED, async () => {
        await deployed("-c", `kernels=${file}`);
        far();
      });
      console.error(`deployment ${k + 1} of ${DEPLOYMENTS}`);
    }
    return measured;
  } finally {
    await localStack.stop();
  }
}

function kernelText(constant: number): string {
  return `import { kernel } from "manyhands/kernel";
export default kernel({
  inputs: { x: { from: 0, to: 1 }, y: { from: 0, to: 1 } },
  value: { name: "height" },
  point: ({ x, y }) => ${constant} * Math.sin(x) * Math.cos(y),
});
`;
}

function runOnce(args: readonly string[], cwd: string, environment: Environment): void {
  const program = join(ROOT, "cli/main.js");
  const env = { ...process.env, ...environment };
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { cwd, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
}
