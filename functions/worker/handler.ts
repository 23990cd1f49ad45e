import "./chunk-thread.ts"; // a thread stops here
import { kernels, twins } from "../kernels.ts";
import { workerHandler } from "./worker-handler.ts";

export const handler = workerHandler({ kernels, forThreads: () => ({ twins: twins() }) });
