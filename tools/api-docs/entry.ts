/** All that the package exports for programs and kernels' files, for one page. */
export * from "../../api/index.ts";
export * from "../../api/kernel.ts";
