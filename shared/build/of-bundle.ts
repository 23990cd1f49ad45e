import type { Build } from "./build.ts";

/** JSON that esbuild inserts, see shared/build/bundling.ts. */
declare const BUILD: string;

const build: Build = JSON.parse(BUILD);
export default build;
