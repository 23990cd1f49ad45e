/** A worker's first message and its second, by where its kernel lies. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { kernels } from "../../client/kernels/loader.ts";
import { uploadKey } from "../../shared/kernels/uploads.ts";
import { loadJob } from "../../shared/plan/resolve-job.ts";
import type { FileStore } from "../../shared/ports/file/file-store.ts";
import { ENV } from "../../shared/validation/env.ts";
import { KERNEL_FILES } from "../../tools/bundling/dist.ts";
import { type BuiltFile, buildFile } from "../../tools/kernels/build-file.ts";
import { ROOT } from "../measuring/machine.ts";
import { inTemporaryFolder } from "../measuring/temporary.ts";
import { type WorkerSite, withWorkers } from "../throttled-slot/worker.ts";
import { COLD_STARTS } from "./page.ts";

const EXAMPLE = join(ROOT, "examples/kernels/magnets");
const PARTS = ["host.js", "apart.js"];

interface Variant {
  readonly variant: string;
  readonly built?: BuiltFile;
  readonly isUploaded?: boolean;
}

export const measureColdStarts = () => inTemporaryFolder(measureIn);

async function measureIn(compiled: string) {
  execFileSync(join(EXAMPLE, "build.sh"), [compiled]);
  const script = await buildFile(join(EXAMPLE, "magnets.ts"));
  const module = await buildFile(join(compiled, "assemblyscript/magnets.wasm"));
  const variants: readonly Variant[] = [
    { variant: "in the program" },
    { variant: "TypeScript, in the zip", built: script },
    { variant: "TypeScript, uploaded", built: script, isUploaded: true },
    { variant: "WebAssembly, in the zip", built: module },
    { variant: "WebAssembly, uploaded", built: module, isUploaded: true },
  ];
  return withWorkers(async (site) => {
    const starts: { variant: string; coldMs: number; warmMs: number }[] = [];
    for (let repeat = -1; repeat < COLD_STARTS; repeat++) {
      for (const variant of variants) {
        const start = await inTemporaryFolder((folder) => startOnce(folder, site, variant));
        if (repeat >= 0) starts.push({ variant: variant.variant, ...start });
      }
    }
    return starts;
  });
}

async function startOnce(folder: string, site: WorkerSite, { built, isUploaded }: Variant) {
  for (const name of [...PARTS, ...(built && !isUploaded ? built.files : [])])
    copyFileSync(join(KERNEL_FILES, name), join(folder, name));
  const request = {
    ...(built ? { kernel: built.name, hash: built.hash } : { kernel: "mandelbrot" }),
    ...{ points: [20, 10], chunk: [10, 10] },
  };
  const { job } = await loadJob(request, "cold", kernels);
  const uploaded = isUploaded && { uploaded: { sha256: await upload(site.store, built!) } };
  const { init, first, second } = await site.startOnce(
    { ...job, submittedAtMs: 0, ...uploaded },
    { environment: { [ENV.kernelFiles]: folder } },
  );
  return { coldMs: init.wallMs + first.wallMs, warmMs: second.wallMs };
}

async function upload(store: FileStore, { files: [name = ""] }: BuiltFile): Promise<string> {
  const bytes = readFileSync(join(KERNEL_FILES, name));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  await store.put(uploadKey(sha256), bytes);
  return sha256;
}
