/** The module `#kernel-host` when running from sources, see `imports` in package.json. */
export const loadHost = (_folder: string) => import("./host.ts");

/** The text of a thread's program that calls one of the host's functions. */
export const hostProgram = (_folder: string, call: string) =>
  `import(${JSON.stringify(new URL("./host.ts", import.meta.url))}).then((host) => host.${call}())`;
