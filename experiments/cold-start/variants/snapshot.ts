/** Why there is no bundle in a startup snapshot. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/**
 * Asks this Node for a snapshot of a program that has loaded node:http and nothing else; undefined where it makes one.
 * https://nodejs.org/docs/latest-v24.x/api/cli.html#--build-snapshot
 */
export function snapshotFault(folder: string): string | undefined {
  const program = join(import.meta.dirname, "loads-http.cjs");
  const args = ["--snapshot-blob", join(folder, "snapshot.blob"), "--build-snapshot", program];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: folder });
  if (status === 0) return undefined;
  const says = /^global handle not serialized/m.exec(stdout)?.[0] ?? "it says nothing that we know";
  return stdout.includes("#HTTPParser") ? `${says}: HTTPParser` : says;
}
