/** What a job's chunks take on a core of this machine, told from some rows of each. */
import { type Chunk, elementsIn, layoutOf } from "../../shared/array/layout.ts";
import type { LoadedKernel } from "../../shared/kernels/loaded.ts";
import type { ChunksCost } from "../../shared/plan/predict-here.ts";
import { mostWorkOf, WORK_PER_SECOND } from "../../shared/plan/work-units.ts";
import { type Clock, systemClock } from "../../shared/ports/clock.ts";
import { computePiece, type Piece, pieceOf, type TimedArray } from "./chunk-pieces.ts";
import type { Companions } from "./companions.ts";
import { type Sample, SampledTotal } from "./sampled-total.ts";

/** A piece that takes less is lengthened, up to a chunk: neighbours share work, and a call has a cost of its own. */
const PIECE_SHARE = 1 / 100;
/** No piece is to take longer: one whose cells might, at the stated rate, if each cost the most, is lengthened only after further ones. */
const LONGEST_PIECE_SECONDS = 0.2;
const LEAST_CELLS = 4;
const FURTHER_PIECES = 16;
/** Until then the engine compiles what it interprets at first. */
const WARM_MS = 60;
const MOST_WARM_SHARE = 1 / 3;
const MOST_WARM_UP_SECONDS = 0.2;
/** Briefer arrays are mostly starts, whatever cores share. */
const LONG_SECONDS = 0.3;
/** On a busy machine the budget, of CPU time, may take this many times as long. */
const MOST_PATIENCE = 2;
/** What is kept for computing with companions. */
const TOGETHER_SHARE = 1 / 5;
/** It ends before its budget is spent where this much has shown the whole within this relative error. */
const ENOUGH = { ms: 150, samples: 8, error: 0.015 };

interface ChunkTimingOptions {
  readonly told?: (soFar: ChunksCost) => void;
  readonly clock?: Pick<Clock, "monotonicMs" | "cpuMs">;
  readonly companions?: Companions;
  /** Where only these chunks are wanted: then the array's seconds are theirs. */
  readonly missing?: readonly number[] | undefined;
}

/**
 * Computes and encodes rows of every chunk, or whole chunks where they are cheap, until `budgetMs` of CPU time are over, and tells what is known after
 * each piece that takes long. `work` are the chunks' estimates. Undefined where each piece throws.
 */
export function timeChunks(
  kernel: LoadedKernel,
  array: TimedArray,
  work: Float64Array,
  budgetMs: number,
  { told, clock = systemClock, companions, missing }: ChunkTimingOptions = {},
): ChunksCost | undefined {
  const layout = layoutOf(array);
  const chunks = missing ?? { length: layout.total };
  const chunkAt = (place: number) => layout.chunk(missing ? missing[place]! : place);
  const whole = wholeOf(chunks.length, chunkAt, work);
  const began = { ms: clock.monotonicMs(), cpuMs: clock.cpuMs() };
  const spentMs = () =>
    Math.max(clock.cpuMs() - began.cpuMs, (clock.monotonicMs() - began.ms) / MOST_PATIENCE);
  const stride = strideThrough(chunks.length);
  const pieceMs = PIECE_SHARE * budgetMs;
  const dearest = Math.floor((LONGEST_PIECE_SECONDS * WORK_PER_SECOND) / mostWorkOf(kernel, array));
  const safeCells = Math.max(dearest, LEAST_CELLS);
  const chunkCells = elementsIn(array.chunkShape);
  let cells = 1;
  let visits = 0;
  const nextPiece = () => pieceOf(chunkAt((visits * stride) % chunks.length), cells, visits++);
  const compute = (piece: Piece): Sample | undefined => {
    const { chunk } = piece;
    const fromMs = clock.cpuMs();
    if (!computePiece(kernel, array, layout.shape, piece)) return undefined;
    const estimate = (work[chunk.index]! * piece.cells) / chunk.elements;
    return { ms: clock.cpuMs() - fromMs, cells: piece.cells, work: estimate };
  };

  const warming = new SampledTotal(whole);
  let sampled = new SampledTotal(whole);
  const known = (): ChunksCost => {
    const share = shareOf(clock, began);
    const warmUp = warming.count > 0 ? warming.ms - sampled.msOf(warming.size) : 0;
    return {
      seconds: sampled.seconds,
      warmUp: Math.min(Math.max(0, warmUp / 1000), MOST_WARM_UP_SECONDS),
      together: 1,
      share: { alone: share, together: share },
    };
  };

  let isLong = false;
  for (let seen = 1; spentMs() < MOST_WARM_SHARE * budgetMs && !(isLong && spentMs() > WARM_MS); seen++) {
    const piece = nextPiece();
    const sample = compute(piece);
    if (!sample) continue;
    warming.add(sample);
    isLong ||= sample.ms >= pieceMs || cells === chunkCells;
    sampled = new SampledTotal(whole);
    sampled.add(sample);
    if (isLong) told?.(known());
    else if (2 * cells <= safeCells || seen > FURTHER_PIECES) {
      cells = Math.min(2 * cells, chunkCells);
      seen = 0;
    }
  }

  const isShared = sampled.count > 0 && sampled.seconds.expected > LONG_SECONDS;
  if (isShared) companions?.call();
  const aloneMs = isShared && companions ? (1 - TOGETHER_SHARE) * budgetMs : budgetMs;
  const latest: { readonly piece: Piece; readonly ms: number }[] = [];
  visits = 0;
  for (let isFirst = true; spentMs() < aloneMs; ) {
    const piece = nextPiece();
    const sample = compute(piece);
    if (!sample) continue;
    if (isFirst) sampled = new SampledTotal(whole);
    isFirst = false;
    sampled.add(sample);
    latest.push({ piece, ms: sample.ms });
    if (sample.ms > pieceMs) told?.(known());
    const { count, error } = sampled;
    if (spentMs() > ENOUGH.ms && count >= ENOUGH.samples && error < ENOUGH.error) break;
  }
  if (sampled.count === 0) return undefined;
  const alone = known();
  if (!isShared || !companions?.begin(cells)) return alone;

  // The latest pieces once more, as dear as they were: what they take longer is the others' doing.
  const then = { ms: clock.monotonicMs(), cpuMs: clock.cpuMs() };
  let aloneBefore = 0;
  while (latest.length > 0 && spentMs() < budgetMs) {
    const { piece, ms } = latest.pop()!;
    computePiece(kernel, array, layout.shape, piece);
    aloneBefore += ms;
  }
  companions.end();
  if (aloneBefore === 0) return alone;
  const together = Math.max(1, (clock.cpuMs() - then.cpuMs) / aloneBefore);
  return { ...alone, together, share: { alone: alone.share.alone, together: shareOf(clock, then) } };
}

function wholeOf(count: number, chunkAt: (place: number) => Chunk, work: Float64Array) {
  const whole = { cells: 0, work: 0 };
  for (let place = 0; place < count; place++) {
    const { index, elements } = chunkAt(place);
    whole.cells += elements;
    whole.work += work[index]!;
  }
  return whole;
}

function shareOf(
  clock: Pick<Clock, "monotonicMs" | "cpuMs">,
  since: { readonly ms: number; readonly cpuMs: number },
): number {
  const ms = clock.monotonicMs() - since.ms;
  return ms > 0 ? Math.min(1, (clock.cpuMs() - since.cpuMs) / ms) : 1;
}

const GOLDEN = 0.6180339887498949;

/** A step by which each chunk is visited once a round, and chunks that follow each other are far apart. */
function strideThrough(total: number): number {
  for (let step = Math.max(1, Math.round(GOLDEN * total)); ; step++)
    if (greatestCommonDivisor(step, total) === 1) return step;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
