/** Threads that compute while another one is timed: on cores that share what they compute with, each is slower for the others. */
import { layoutOf } from "../../shared/array/layout.ts";
import type { LoadedKernel } from "../../shared/kernels/loaded.ts";
import { computePiece, pieceOf, type TimedArray } from "./chunk-pieces.ts";

/** How a timed thread is accompanied. */
export interface Companions {
  /** They are to get ready. */
  call(): void;
  /** Lets them compute pieces of `cells` until `end`. Returns false where they are not ready. */
  begin(cells: number): boolean;
  end(): void;
}

/** What both sides share: whether the companions are to compute, how many are ready, and their pieces' cells. */
export type Gate = Int32Array<SharedArrayBuffer>;
const STATE = 0;
const READY = 1;
const CELLS = 2;
const [OPEN, OVER] = [1, 2];

/** The longest that the timed thread waits for them. */
const PATIENCE_MS = 150;

export const newGate = (): Gate => new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));

/** The timed thread's side. `call` starts `count` threads that `accompany`. */
export function companionsBehind(gate: Gate, count: number, call: () => void): Companions {
  return {
    call,
    begin: (cells) => {
      const patientUntil = performance.now() + PATIENCE_MS;
      for (let ready = 0; ready < count; ready = Atomics.load(gate, READY)) {
        const left = patientUntil - performance.now();
        if (left <= 0 || Atomics.wait(gate, READY, ready, left) === "timed-out") return false;
      }
      Atomics.store(gate, CELLS, cells);
      change(gate, OPEN);
      return true;
    },
    end: () => change(gate, OVER),
  };
}

/** A companion's side: computes pieces from when the gate opens until it is over. */
export function accompany(kernel: LoadedKernel, array: TimedArray, gate: Gate): void {
  const layout = layoutOf(array);
  const number = Atomics.add(gate, READY, 1);
  Atomics.notify(gate, READY);
  Atomics.wait(gate, STATE, 0);
  const cells = Atomics.load(gate, CELLS);
  for (let visit = number; Atomics.load(gate, STATE) === OPEN; visit++)
    computePiece(kernel, array, layout.shape, pieceOf(layout.chunk(visit % layout.total), cells, visit));
}

function change(gate: Gate, state: number): void {
  Atomics.store(gate, STATE, state);
  Atomics.notify(gate, STATE);
}
