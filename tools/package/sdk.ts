/** AWS's SDK as the npm package has it: esbuild leaves out what these files do not name. */
export * from "../../client/cloud/sdk.ts";
export * from "../../client/cloud/watching-sdk.ts";
