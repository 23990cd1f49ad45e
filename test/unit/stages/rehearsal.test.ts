import { execFileSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rehearse } from "../../../functions/worker/rehearsal.ts";
import { withTwins } from "../../../shared/kernels/fast.ts";
import { kernelsOf } from "../../../shared/kernels/loader.ts";
import { KERNELS, registry } from "../../../shared/kernels/registry.ts";
import { ENV } from "../../../shared/validation/env.ts";
import { ensureBundles } from "../../../tools/bundling/bundles.ts";
import { KERNEL_HOST } from "../../../tools/bundling/dist.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

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
    const outcome = await rehearse(kernels, { endpoint: address, files: "/none" });
    expect(outcome).toMatchObject({ computed: [0], failures: [], cancelled: false, retry: false });
  }
  expect(turned).toBe(false);
  expect(compiled).toBeGreaterThan(0);
});

test("a program without the rehearsal's kernel starts without one", async () => {
  const none = kernelsOf(withTwins(registry([]), () => undefined));
  expect(await rehearse(none, { endpoint, files: "/none" })).toBeUndefined();
});

/** What the built worker has done when Lambda's runtime would ask for the first event. */
async function doneInInit(memoryMb: string, files: string): Promise<unknown> {
  const { worker } = await ensureBundles();
  const program = `
    let instances = 0;
    const { Instance } = WebAssembly;
    WebAssembly.Instance = class extends Instance { constructor(...given) { super(...given); instances++; } };
    require(${JSON.stringify(worker)});
    setImmediate(() => {
      const host = Object.keys(require.cache).some((path) => path.endsWith("host.js"));
      console.log(JSON.stringify({ instances, host }));
      process.exit();
    });`;
  const env = {
    ...Object.fromEntries(Object.values(ENV).map((name) => [name, "1"])),
    ...{ [ENV.hub]: undefined, [ENV.plain]: undefined }, // set by no stack
    ...{ AWS_ENDPOINT_URL: endpoint, AWS_REGION: "nowhere" }, // and no keys
    ...{ [ENV.chunkQueueUrl]: `${endpoint}/chunks`, [ENV.resultQueueUrl]: `${endpoint}/results` },
    ...{ [ENV.kernelFiles]: files, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryMb },
  };
  return JSON.parse(execFileSync(process.execPath, ["-e", program], { env, encoding: "utf8" }));
}

test("a worker with a small share of a processor rehearses in init, without keys, and loads what its zip needs; others do not", async () => {
  await ensureBundles();
  const files = temporaryFolder();
  copyFileSync(KERNEL_HOST, join(files, "host.js"));
  expect(await doneInInit("512", files)).toEqual({ instances: 1, host: false });
  writeFileSync(join(files, "index.json"), "{}");
  expect(await doneInInit("512", files)).toEqual({ instances: 1, host: true });
  expect(await doneInInit("1769", files)).toEqual({ instances: 0, host: false });
});
