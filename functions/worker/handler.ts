import "./chunk-thread.ts"; // a thread stops here
import { files, forThreads, kernels } from "../kernels.ts";
import { workerHandler } from "./worker-handler.ts";

export const handler = workerHandler({ kernels, forThreads, files });
