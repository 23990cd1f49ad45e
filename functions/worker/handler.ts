import "./chunk-thread.ts"; // a thread stops here
import { createRequire } from "node:module";
import { join } from "node:path";
import { files, forThreads, kernels, others } from "../kernels.ts";
import { workerHandler } from "./worker-handler.ts";

const bundle = join(files, "apart.js");
const apart = () => createRequire(bundle)(bundle);

export const handler = workerHandler({ kernels, forThreads, files, apart, others });
