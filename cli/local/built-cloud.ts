import { createRequire } from "node:module";
import type * as emulatorModule from "./emulator.ts";
import { type LocalCloud, startLocalCloud } from "./local-cloud.ts";

/** The embedded cloud, with its emulator as it was built into `bundle`. */
export function startBuiltCloud(
  bundle: string,
  options: Omit<emulatorModule.EmulatorOptions, "queues">,
): Promise<LocalCloud> {
  return startLocalCloud(async (queues) => {
    // Half as long as `import`, which reads the whole file first for the names of its exports.
    const { makeEmulator }: typeof emulatorModule = createRequire(import.meta.filename)(bundle);
    return makeEmulator({ ...options, queues });
  });
}
