/** Artifacts of files that were built before, and what they exported. */
import { Folder } from "../../shared/ports/file/folder.ts";
import { expectWritable, KERNEL_FILES } from "../bundling/dist.ts";

/** What the file exported when it was evaluated, if that was the same artifact; any damage is absence. */
export function keptKernel(hash: string, artifact: string, folder = KERNEL_FILES): unknown {
  try {
    const kept = new Folder({ "": folder });
    const before = kept.read(`${hash}.cjs`);
    const outline = kept.read(`${hash}.json`);
    if (!outline || before === undefined || Buffer.compare(before, Buffer.from(artifact)) !== 0)
      return undefined;
    return JSON.parse(Buffer.from(outline).toString());
  } catch {
    return undefined;
  }
}

/** The artifact last: where a crash leaves one of the two, the next build writes both. */
export function keepKernel(hash: string, artifact: string, outline: unknown, folder = KERNEL_FILES): void {
  expectWritable(folder);
  const kept = new Folder({ "": folder });
  kept.write(`${hash}.json`, Buffer.from(JSON.stringify(outline)));
  kept.write(`${hash}.cjs`, Buffer.from(artifact));
}
