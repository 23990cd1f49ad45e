/**
 * What the tutorial's recipe for Parallel Python weighs: the coordinates of all cells as complex numbers, in lists that are pickled and
 * sent. The protocol is Parallel Python's (pp.Server(proto=2)).
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as v from "valibot";
import { parsedOrNothing } from "../../shared/ports/store.ts";
import { count } from "../../shared/validation/numbers.ts";

export interface Pickled {
  readonly cells: number;
  readonly lists: number;
  readonly bytes: number;
  /** "Python 3.13.5's pickle", where that pickled it; else by the sizes of pickle's opcodes. */
  readonly by: string;
}

/** The tutorial's lists, one for each of its workers. */
const LISTS = 4;
/** 500 x 500, by its default `--size 1000`. */
export const TUTORIAL_CELLS = 250_000;
const BY_OPCODES = "the sizes of pickle's opcodes";

/** Opcodes with their arguments, in bytes: https://github.com/python/cpython/blob/main/Lib/pickletools.py */
const FRAME = { protocol: 2, emptyList: 1, stop: 1, batch: 2 } as const;
/** Items between a MARK and an APPENDS. */
const BATCH = 1000;
/** `c__builtin__\ncomplex\n` the first time, then BINGET of its place in the memo. */
const CLASS = { first: 21, again: 2 } as const;
/** Two BINFLOATs, TUPLE2 and REDUCE. */
const NUMBER = 2 * 9 + 1 + 1;
/** BINPUT, and LONG_BINPUT from the 256th object on. */
const PUT = { short: 2, long: 5, shortOnes: 256 } as const;

/** The bytes of that many complex numbers, any at all, in that many lists of about the same length. */
export function pickledBytes(cells: number, lists = LISTS): number {
  return lengthsOf(cells, lists).reduce((bytes, length) => bytes + listBytes(length), 0);
}

function listBytes(length: number): number {
  // The list, the class, and of each number its tuple and itself.
  const kept = length === 0 ? 1 : 2 + 2 * length;
  const short = Math.min(kept, PUT.shortOnes);
  const puts = PUT.short * short + PUT.long * (kept - short);
  const numbers = length === 0 ? 0 : CLASS.first + CLASS.again * (length - 1) + NUMBER * length;
  // A list of one has an APPEND alone.
  const batches = length === 1 ? 1 : FRAME.batch * Math.ceil(length / BATCH);
  return FRAME.protocol + FRAME.emptyList + batches + numbers + puts + FRAME.stop;
}

/** The same, the longer lists first. */
function lengthsOf(cells: number, lists: number): number[] {
  return Array.from({ length: lists }, (_, k) => Math.floor(cells / lists) + (k < cells % lists ? 1 : 0));
}

const PROGRAM = `
import json, pickle, platform, sys
cells, lists = int(sys.argv[1]), int(sys.argv[2])
lengths = [cells // lists + (k < cells % lists) for k in range(lists)]
sizes = [len(pickle.dumps([complex(k / 7, -k / 3) for k in range(length)], 2)) for length in lengths]
print(json.dumps({"bytes": sum(sizes), "version": platform.python_version()}))
`;
const LONGEST_MS = 10_000;
const SaidSchema = v.object({ bytes: count, version: v.pipe(v.string(), v.regex(/^[\w.+]{1,40}$/)) });

/** Pickles them with the python3 on the PATH where there is one, else counts. Never rejects. */
export async function measurePickles(cells = TUTORIAL_CELLS, lists = LISTS): Promise<Pickled> {
  // Isolated: neither the user's folder nor variables decide what is imported.
  const asked = promisify(execFile)("python3", ["-I", "-c", PROGRAM, `${cells}`, `${lists}`], {
    timeout: LONGEST_MS,
  });
  const said = await asked.then(
    ({ stdout }) => parsedOrNothing(SaidSchema, Buffer.from(stdout), "python3"),
    () => undefined,
  );
  if (!said) return countPickles(cells, lists);
  return { cells, lists, bytes: said.bytes, by: `Python ${said.version}'s pickle` };
}

export function countPickles(cells: number, lists = LISTS): Pickled {
  return { cells, lists, bytes: pickledBytes(cells, lists), by: BY_OPCODES };
}
