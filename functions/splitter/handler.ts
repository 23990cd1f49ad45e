import { files, kernels } from "../kernels.ts";
import { splitterHandler } from "./splitter-handler.ts";

export const handler = splitterHandler({ kernels, files });
