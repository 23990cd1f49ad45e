import { readdirSync, readFileSync } from "node:fs";
import { InvalidInputError } from "../../shared/validation/errors.ts";

/**
 * Throws InvalidInputError if this process may not open `more` files, pipes and sockets, which it needs for `workers`.
 * Checked beforehand: beyond the limit, connections are not refused but wait for ever.
 */
export function expectOpenFiles(more: number, workers: number): void {
  const limit = openFilesLimit();
  const needed = readdirSync("/dev/fd").length + more;
  if (limit >= needed) return;
  const what = `at least ${needed} for ${workers === 1 ? "1 worker" : `${workers} workers`}`;
  throw new InvalidInputError("the limit of open files (ulimit -n)", what, `${limit}`);
}

function openFilesLimit(): number {
  if (process.platform === "linux") {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return Number(soft ?? Number.POSITIVE_INFINITY);
  }
  Object.assign(process.report, { excludeNetwork: true }); // resolving names would take seconds
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft: unknown } } };
  const soft = Number(userLimits?.open_files?.soft); // or "unlimited"
  return Number.isNaN(soft) ? Number.POSITIVE_INFINITY : soft;
}
