import { expect, test } from "vitest";
import { kernelOfJob } from "../../../client/kernels/kernel-of-job.ts";
import { resolvedJob } from "../../helpers/kernels.ts";
import { JOB_OF_25_CHUNKS } from "../../helpers/stages.ts";

test("verify says of a built-in kernel that changed which manyhands it takes, resume that --force goes on", async () => {
  const { spec, ...job } = resolvedJob(JOB_OF_25_CHUNKS);
  const begun = { ...job, spec: { ...spec, hash: "0".repeat(64) }, submittedAtMs: 0 };
  const madeBy = { version: "0.0.9" };
  await expect(kernelOfJob({ ...begun, madeBy }, { toVerify: true })).rejects.toThrow(
    "What is stored can be compared with that version alone: use the manyhands that began it (0.0.9).",
  );
  await expect(kernelOfJob(begun, { toVerify: true })).rejects.toThrow("use the manyhands that began it.");
  await expect(kernelOfJob({ ...begun, madeBy }, {})).rejects.toThrow("with --force goes on all the same.");
  expect(await kernelOfJob(begun, { force: true })).toMatchObject({ name: "mandelbrot" });
});
