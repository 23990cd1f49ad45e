/** Library, command line and the program for deployments of the npm package. They share most of their code, so they are one file; each is loaded when it is asked for. */
export const main = async (): Promise<void> => (await import("../../cli/program.ts")).main();

/** Not an `import`, which would have to be waited for: what requires it need not wait. */
export const library = () => require("../../api/index.ts") as typeof import("../../api/index.ts");

/** What `deploy.js` beside it runs. */
export const deploy = () => require("../kernels/deploy.ts") as object;
