/** `<chunks a message> noop <count>`: runs `count` empty chunks through the engine local, as experiments/pipeline does. */
import { idleBundles } from "../../measuring/idle-bundles.ts";
import { runLocalJob } from "../../measuring/local-job.ts";
import { noopRequest } from "../../measuring/requests.ts";
import { inTemporaryFolder } from "../../measuring/temporary.ts";

const SIDE = 10;
const DOWN = 100;

const startUpMs = performance.now();
const [packing = "auto", , count] = process.argv.slice(2);
const request = noopRequest(
  [DOWN, Number(count) / DOWN],
  SIDE,
  packing === "auto" ? packing : Number(packing),
);
const { wallMs } = await inTemporaryFolder((folder) =>
  runLocalJob(folder, request, { bundles: idleBundles }),
);
console.log(JSON.stringify({ startUpMs, computeMs: wallMs }));
