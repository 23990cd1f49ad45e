/** The jobs whose plans are held against what happens, fixed before the first of them was measured. */

export interface VerifiedJob {
  /** A built-in kernel, a file below examples/kernels, or the one that is built as WebAssembly. */
  readonly kernel: string;
  /** Of the command line. */
  readonly options: readonly string[];
}

/** Stands for examples/kernels/magnets, compiled from AssemblyScript for the measurement. */
export const IN_WASM = "magnets.wasm";

/** Built-in kernels at several sizes, and users' own: in TypeScript and as WebAssembly, with one value and with several, with cheap cells and dear ones. */
export const JOBS: readonly VerifiedJob[] = [
  job("mandelbrot"),
  job("mandelbrot", "--size 8000"),
  job("mandelbrot", "--points 8000x6000"),
  job("mandelbrot", "--x -0.7463:-0.7413 --y 0.1127:0.1077 --max-iterations 5000 --points 4000x3500"),
  job("julia", "--points 3000x3000"),
  job("julia", "--points 4000x2500 --max-iterations 5000 --c-re -0.4 --c-im 0.6"),
  job("double-pendulum", "--points 64x64"),
  job("double-pendulum", "--points 200x200"),
  job("double-pendulum", "--points 500x100 --duration 5"),
  job("double-pendulum", "--points 480x480"),
  job("epidemic.ts", "--points 1000x1000"),
  job("epidemic.ts", "--points 3000x1500 --illness 12"),
  job("asian-option.ts", "--points 24x24 --paths 4000"),
  job("asian-option.ts", "--points 100x100"),
  job("black-scholes.ts", "--points 200x120x100"),
  job("gray-scott.ts", "--points 10x10"),
  job("magnets/magnets.ts", "--points 150x150 --steps 1000"),
  job("magnets/magnets.ts", "--points 480x480"),
  job(IN_WASM, "--points 160x160"),
  job(IN_WASM, "--points 360x360 --friction 0.15"),
];

/** A deployment costs money and is not here: what is planned for it is not verified. */
export const ENGINES = ["serial", "threads", "local"] as const;

function job(kernel: string, options = ""): VerifiedJob {
  return { kernel, options: options.split(" ").filter((word) => word !== "") };
}

export const titleOf = ({ kernel, options }: VerifiedJob): string => [kernel, ...options].join(" ");
