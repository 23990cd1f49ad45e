/** Which incidents this machine does not permit, and why. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CONTAINER } from "./client.ts";
import { mount, unmount } from "./disk.ts";
import type { IncidentKind } from "./incidents.ts";

let known: ReadonlyMap<IncidentKind, string> | undefined;

export function impossibleHere(): ReadonlyMap<IncidentKind, string> {
  known ??= new Map<IncidentKind, string>([...withoutContainers(), ...withoutDisks()]);
  return known;
}

function withoutContainers(): [IncidentKind, string][] {
  const [program = "", ...options] = CONTAINER;
  const { status, stderr, error } = spawnSync(program, [...options, "true"], { encoding: "utf8" });
  return status === 0
    ? []
    : [["client killed in a container", `no namespaces: ${error?.message ?? stderr.trim()}`]];
}

function withoutDisks(): [IncidentKind, string][] {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-disk-"));
  try {
    mount(folder, "size=48k");
    unmount(folder);
    return [];
  } catch (error) {
    return [
      ["disk full", `nothing can be mounted: ${error instanceof Error ? error.message.trim() : error}`],
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
