import "./chunk-thread.ts"; // a thread stops here
import { createRequire } from "node:module";
import { builtFile } from "../../shared/kernels/host/built-file.ts";
import { onHub } from "../hub.ts";
import { files, forThreads, kernels, others } from "../kernels.ts";
import { workerHandler } from "./worker-handler.ts";

const apart = () => {
  const bundle = builtFile(files, "apart.js") ?? "";
  return createRequire(bundle)(bundle);
};

export const handler = onHub((hub) =>
  workerHandler({ kernels, forThreads, files, apart, others, hub: hub && { ...hub, inbox: hub.chunks } }),
);
