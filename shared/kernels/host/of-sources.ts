/** The module `#kernel-host` when running from sources, see `imports` in package.json. */
export const loadHost = (_folder: string) => import("./host.ts");
