/**
 * Checks that the shipped packages have no known vulnerability of high or critical severity, by `npm audit`. Exit code
 * 1 if one has; 0 if none has. Also 0, with a line that says so, when the registry does not answer audits, as mirrors
 * often do not.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const GRAVE = ["high", "critical"];

interface Audit {
  readonly vulnerabilities?: Readonly<
    Record<string, { readonly severity: string; readonly range: string; readonly via: readonly unknown[] }>
  >;
  readonly metadata?: object;
  readonly message?: string;
  readonly error?: { readonly summary?: string; readonly code?: string };
}

const { stdout } = spawnSync("npm", ["audit", "--omit=dev", "--json"], {
  cwd: join(import.meta.dirname, ".."),
  encoding: "utf8",
});
const { vulnerabilities, message, error } = parsed(stdout);
if (!vulnerabilities) {
  console.log(
    `The registry does not answer audits here: ${message ?? error?.summary ?? error?.code ?? "no report"}`,
  );
} else {
  const found = Object.entries(vulnerabilities).map(([name, { severity, range, via }]) => ({
    isGrave: GRAVE.includes(severity),
    line: `${severity}: ${`${name} ${range}`.trim()}${via.map((cause) => `, ${titleOf(cause)}`).join("")}`,
  }));
  for (const { line } of found) console.log(line);
  const grave = found.filter(({ isGrave }) => isGrave).length;
  console.log(`${found.length} known vulnerabilities in what is shipped, ${grave} of them high or critical`);
  process.exitCode = grave > 0 ? 1 : 0;
}

function parsed(text: string): Audit {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** The title of an advisory, or the name of a package that has one. */
function titleOf(cause: unknown): string {
  if (typeof cause === "string") return `by ${cause}`;
  const { title = "no title", url = "" } = cause as { title?: string; url?: string };
  return `${title} ${url}`.trim();
}
