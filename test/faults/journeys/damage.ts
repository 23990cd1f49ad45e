/** What may become of a file in a job's folder between two runs, each file and each way, and what must come of it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";

export const WAYS = {
  removed: (path) => rmSync(path),
  empty: (path) => writeFileSync(path, ""),
  cut: (path) => change(path, (bytes) => bytes.subarray(0, bytes.length >> 1)),
  garbled: (path) => change(path, (bytes) => bytes.reverse()),
  // Changes the first byte: no JSON begins so. A changed number would make another valid document, which no reader
  // could detect.
  flipped: (path) => change(path, ([first = 0, ...rest]) => Buffer.from([first ^ 1, ...rest])),
  folder: (path) => inItsPlace(path, () => mkdirSync(path)),
  FIFO: (path) => inItsPlace(path, () => execFileSync("mkfifo", [path])),
  link: (path) => inItsPlace(path, () => symlinkSync("/nowhere/at/all", path)),
} satisfies Record<string, (path: string) => void>;
export type Way = keyof typeof WAYS;

/** No way to read them, and mostly none to replace them. */
export const NO_FILES = ["folder", "FIFO", "link"] as const satisfies readonly Way[];
const SPOILT = ["empty", "cut", "garbled", "flipped"] as const satisfies readonly Way[];

interface DamagedFile {
  /** The file's path; if several match, the last one. */
  readonly at: string | RegExp;
  /** The ways after which a resumption names it and ends with 2; after all others it passes it over, or makes it again. */
  readonly named?: readonly Way[];
  /** The ways after which this chunk fails. */
  readonly failing?: readonly Way[];
  /** Looked at by this engine only. */
  readonly engine?: "local";
  /** What to put there first, where no run leaves any. */
  readonly planted?: true;
}

export const FILES = {
  "job.json": { at: "job.json", named: ["removed", ...SPOILT, ...NO_FILES] },
  "submitted.json": { at: "submitted.json" },
  "zarr.json": { at: "array/zarr.json", named: ["folder"] },
  "array's zarr.json": { at: /^array\/\w+\/zarr\.json$/, named: ["folder"] },
  coordinates: { at: /^array\/\w+\/c\/\d+$/, named: ["folder"] },
  "summary.json": { at: "summary.json", named: ["folder"] },
  picture: { at: "heatmap.png", named: ["folder"] },
  chunk: { at: /^array\/\w+\/c\/\d+\/\d+$/, failing: NO_FILES },
  "what was missing": { at: /^control\/missing-\d+-\d+\.json$/, named: SPOILT },
  "what was cancelled": { at: /^control\/cancelled-\d+\.json$/, named: NO_FILES },
  report: { at: /^reports\// },
  failure: { at: /^failures\// },
  log: { at: "logs/worker-1.log", named: NO_FILES, engine: "local", planted: true },
  claim: { at: "running-00000000deadbeef.json", planted: true },
  "temporary file": { at: "array/time_to_first_flip/c/0/0.999999999-0-abcdefgh-0.tmp", planted: true },
  "odd name": { at: "array/time_to_first_flip/c/0/0 (conflicted copy)", planted: true },
} as const satisfies Record<string, DamagedFile>;
export type FileName = keyof typeof FILES;

export interface Damage {
  readonly file: FileName;
  readonly way: Way;
}

export const damagedFile = (file: FileName): DamagedFile => FILES[file];

/** What a resumption on that engine must make of the damage. */
export function outcomeOf({ file, way }: Damage, engine: string): "named" | "fails" | "passed over" {
  const { named, failing, engine: only = engine } = damagedFile(file);
  if (failing?.includes(way)) return "fails";
  return named?.includes(way) && only === engine ? "named" : "passed over";
}

/**
 * The `nth` folder's damages: every other file, each in another way. Sixteen folders in a row have had each file damaged in
 * each way.
 */
export function nthDamages(nth: number): Damage[] {
  const ways = Object.keys(WAYS) as Way[];
  return (Object.keys(FILES) as FileName[])
    .map((file, k) => ({ file, way: ways[(k + (nth >> 1)) % ways.length]! }))
    .filter((_, k) => k % 2 === nth % 2);
}

function change(path: string, changed: (bytes: Buffer) => Uint8Array): void {
  writeFileSync(path, changed(readFileSync(path)));
}

function inItsPlace(path: string, make: () => void): void {
  rmSync(path);
  make();
}
