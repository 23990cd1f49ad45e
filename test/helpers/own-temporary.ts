import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A folder for the temporary files of the whole run, gone when it ends: the CDK leaves a `cdk.out` there for each app, and
 * keeps the folder's name from its first.
 */
export default function setUp(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-tests-"));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
