/**
 * Where the npm package's command begins. Every version of Node reaches the sentence: the build lowers this file's syntax, and what newer
 * versions alone have is loaded after it.
 */
import { OLDEST_NODE } from "../shared/build/oldest-node.ts";

const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split(".").map(Number);
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
  process.stderr.write(`Expected Node ${OLDEST_NODE} or later, got ${process.version}.\n`);
  process.exitCode = 1;
} else {
  void start();
}

async function start(): Promise<void> {
  const { compiledOf, DIST } = await import("../tools/bundling/dist.ts");
  process.getBuiltinModule("node:module").enableCompileCache(compiledOf(DIST));
  const { main } = await import("./program.ts");
  await main();
}
