import "./chunk-thread.ts"; // a thread stops here
import { createRequire } from "node:module";
import { join } from "node:path";
import { onHub } from "../hub.ts";
import { files, forThreads, kernels, others } from "../kernels.ts";
import { workerHandler } from "./worker-handler.ts";

const bundle = join(files, "apart.js");
const apart = () => createRequire(bundle)(bundle);

export const handler = onHub((hub) =>
  workerHandler({ kernels, forThreads, files, apart, others, hub: hub && { ...hub, inbox: hub.chunks } }),
);
