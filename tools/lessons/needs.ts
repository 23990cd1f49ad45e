/** What a lesson's commands may need that is not on every machine. */
import { spawnSync } from "node:child_process";

/** A command that succeeds where it is there, and how to get it. */
const PROBES: Readonly<Record<string, readonly [command: string, how: string]>> = {
  python3: ["python3 --version", "install Python 3"],
  "redis-server": ["redis-server --version", "apt-get install redis-server"],
  "clang-19": ["clang-19 --version && command -v wasm-ld-19", "apt-get install clang-19 lld-19"],
  "manyhands-python": [
    'test -n "$VIRTUAL_ENV" && "$VIRTUAL_ENV/bin/python" -c "import manyhands, numba, boto3"',
    "activate a virtual environment with './workers/python[sqs,point]'",
  ],
};

/** A sentence where one of them is not here. Throws RangeError at a name that has no probe. */
export function missing(needs: readonly string[]): string | undefined {
  for (const name of needs) {
    const probe = PROBES[name];
    if (!probe) throw new RangeError(`Expected one of ${Object.keys(PROBES).join(", ")}, got "${name}"`);
    const [command, how] = probe;
    if (spawnSync("bash", ["-c", command]).status !== 0) return `${name} is not here (${how})`;
  }
  return undefined;
}
