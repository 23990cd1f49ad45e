import { loadCompiled } from "../../tools/bundling/load-compiled.js";
import type * as emulatorModule from "./emulator.ts";
import { type Intercept, type LocalCloud, startLocalCloud } from "./local-cloud.ts";

/** The embedded cloud, with the emulator that was built into `bundle`. */
export function startBuiltCloud(
  bundle: string,
  options: Omit<emulatorModule.EmulatorOptions, "queues">,
  intercept?: Intercept,
  isForAnySdk?: boolean,
): Promise<LocalCloud> {
  return startLocalCloud(
    async (queues) => {
      const { makeEmulator }: typeof emulatorModule = loadCompiled(bundle, "cloud").exports;
      return makeEmulator({ ...options, queues });
    },
    intercept,
    isForAnySdk,
  );
}
