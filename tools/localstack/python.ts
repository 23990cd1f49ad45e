import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UsageError } from "./command.ts";

const run = promisify(execFile);

/** The tests passed on these (3.11.7, 3.12.1 and 3.13.0) with the packages that requirements.txt pins. */
export const VERSIONS = ["3.11", "3.12", "3.13"];
const NEEDED = `Python ${VERSIONS.join(", ")}`;
const PROBE = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])";

/**
 * The Python for LocalStack: MANYHANDS_PYTHON if set, else the first suitable one on the path. Throws UsageError with
 * what was found, what is needed and what to do.
 */
export async function findPython(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const chosen = environment.MANYHANDS_PYTHON;
  const candidates = chosen ? [chosen] : [...VERSIONS.map((version) => `python${version}`), "python3"];
  const found: string[] = [];
  for (const candidate of candidates) {
    const answer = await probe(candidate);
    if (VERSIONS.includes(answer)) return candidate;
    found.push(`${candidate} ${answer}`);
  }
  throw new UsageError(
    `Expected ${NEEDED} with its venv module for LocalStack, got: ${found.join("; ")}. ` +
      `Install it (Debian: apt install python3.11-venv), or name it in MANYHANDS_PYTHON.`,
  );
}

/** The interpreter's version, or what is wrong with it. */
async function probe(python: string): Promise<string> {
  try {
    const { stdout } = await run(python, ["-c", PROBE], { timeout: 20_000 });
    return /^\d+\.\d+$/m.exec(stdout)?.[0] ?? "is not Python";
  } catch (error) {
    const { code, stderr = "" } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === "ENOENT") return "is not there";
    if (/No module named '?(ensurepip|venv)/.test(stderr)) return "has no venv module";
    return "does not run";
  }
}
