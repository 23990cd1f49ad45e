/** What is measured: a cell is a kernel in a bundle with some memory. */
import { seededRandom } from "../../client/local/seeded-random.ts";

export const MEMORIES_MB = [128, 256, 512, 1024, 1769, 3538] as const;
/** Where bundles are compared. */
export const BUNDLE_MEMORIES_MB = [128, 1769] as const;
/** In the program, with its WebAssembly twin; from a file, in the zip; the same file, uploaded. */
export const KERNELS = ["WebAssembly", "TypeScript", "uploaded"] as const;
export const BUNDLES = [
  "as deployed",
  "nothing moved into init",
  "rehearsed whatever the memory",
  "SDK inside",
  "ES module",
  "not minified",
  "compiled code kept",
] as const;

export type Kernel = (typeof KERNELS)[number];
export type BundleName = (typeof BUNDLES)[number];

export interface Cell {
  readonly memoryMb: number;
  readonly bundle: BundleName;
  readonly kernel: Kernel;
}

const [DEPLOYED, BEFORE, REHEARSED, ...OTHERS] = BUNDLES;
const each = (
  memories: readonly number[],
  bundles: readonly BundleName[],
  kernels: readonly Kernel[],
): Cell[] =>
  memories.flatMap((memoryMb) =>
    bundles.flatMap((bundle) => kernels.map((kernel) => ({ memoryMb, bundle, kernel }))),
  );

/** All kernels with each memory as deployed; before what was moved into init, with each memory; other bundles with two. */
export const CELLS: readonly Cell[] = [
  ...each(MEMORIES_MB, [DEPLOYED], KERNELS),
  ...each(MEMORIES_MB, [BEFORE], ["WebAssembly"]),
  ...each([1024, 1769], [REHEARSED], ["WebAssembly"]),
  ...each(BUNDLE_MEMORIES_MB, OTHERS, ["WebAssembly"]),
];

/** `blocks` times all cells, each time in an order of its own, the same for the same seed. */
export function inBlocks<Of>(cells: readonly Of[], blocks: number, seed: number): Of[][] {
  const random = seededRandom(seed);
  return Array.from({ length: blocks }, () => {
    const order = [...cells];
    for (let k = order.length - 1; k > 0; k--) {
      const other = Math.floor(random() * (k + 1));
      [order[k], order[other]] = [order[other]!, order[k]!];
    }
    return order;
  });
}
