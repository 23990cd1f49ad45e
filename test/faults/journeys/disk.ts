/** A file system of its own for a journey, which is too small at first. Only root may mount one. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { EngineName } from "./draw-journey.ts";
import type { Road } from "./road.ts";

const ENLARGED = "size=64m";

/** The run must end with a sentence: as failed, incomplete, or as bad input where not even the job fits. */
export async function fillDisk(
  road: Road,
  engine: EngineName,
  { sizeKb }: { readonly sizeKb: number },
): Promise<void> {
  const place = dirname(road.folder);
  mount(place, `size=${sizeKb}k`);
  road.strike();
  const { stderr, code } = await road.expectEnd(road.start(engine), [1, 2, 3]);
  if (code !== 3 && stderr.trim() === "") road.problem("said nothing");
  mount(place, `remount,${ENLARGED}`);
}

export function mount(folder: string, options: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "manyhands-journey", folder], { stdio: "pipe" });
}

export function unmount(folder: string): void {
  if (isMounted(folder)) spawnSync("umount", ["-l", folder]);
}

const isMounted = (folder: string) => readFileSync("/proc/self/mounts", "utf8").includes(` ${folder} `);
