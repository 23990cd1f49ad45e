import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { rehearse } from "../../../functions/worker/rehearsal.ts";
import { withTwins } from "../../../shared/kernels/fast.ts";
import { kernelsOf } from "../../../shared/kernels/loader.ts";
import { KERNELS, registry } from "../../../shared/kernels/registry.ts";
import { ENV } from "../../../shared/validation/env.ts";
import { ensureBundles } from "../../../tools/bundling/bundles.ts";

const endpoint = "http://127.0.0.1:1";

test("a worker's rehearsal computes, stores and reports a chunk before the event loop turns", async () => {
  let compiled = 0;
  const kernels = kernelsOf(
    withTwins(KERNELS, () => {
      compiled++;
      return undefined;
    }),
  );
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  for (const address of [endpoint, undefined]) {
    const outcome = await rehearse(kernels, { endpoint: address });
    expect(outcome).toMatchObject({ computed: [0], failures: [], cancelled: false, retry: false });
  }
  expect(turned).toBe(false);
  expect(compiled).toBeGreaterThan(0);
});

test("a program without the rehearsal's kernel starts without one", async () => {
  expect(await rehearse(kernelsOf(withTwins(registry([]), () => undefined)), { endpoint })).toBeUndefined();
});

/** What the built worker has done when Lambda's runtime would ask for the first event. */
async function doneInInit(memoryMb: string): Promise<unknown> {
  const { worker } = await ensureBundles();
  const program = `
    let instances = 0;
    const { Instance } = WebAssembly;
    WebAssembly.Instance = class extends Instance { constructor(...given) { super(...given); instances++; } };
    const { handler } = require(${JSON.stringify(worker)});
    setImmediate(() => { console.log(JSON.stringify({ instances, handler: typeof handler })); process.exit(); });`;
  const env = {
    ...Object.fromEntries(Object.values(ENV).map((name) => [name, "1"])),
    ...{ AWS_ENDPOINT_URL: endpoint, AWS_REGION: "nowhere" }, // and no keys
    ...{ [ENV.chunkQueueUrl]: `${endpoint}/chunks`, [ENV.resultQueueUrl]: `${endpoint}/results` },
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryMb,
  };
  return JSON.parse(execFileSync(process.execPath, ["-e", program], { env, encoding: "utf8" }));
}

test("a worker with a small share of a processor rehearses in init, without keys; others compute nothing there", async () => {
  expect(await doneInInit("512")).toEqual({ instances: 1, handler: "function" });
  expect(await doneInInit("1769")).toEqual({ instances: 0, handler: "function" });
});
