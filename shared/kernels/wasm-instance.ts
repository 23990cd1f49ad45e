import { describeError, KernelError } from "../validation/errors.ts";

interface Exports {
  readonly memory?: WebAssembly.Memory;
  readonly _initialize?: () => void;
  readonly alloc?: (bytes: number) => number;
  readonly point?: (...inputs: number[]) => unknown;
  readonly fill?: (...given: number[]) => void;
}

const BYTES = Float64Array.BYTES_PER_ELEMENT;
const PAGE_BYTES = 65_536;

/** The most values of one call of `fill`: they stay in the processor's cache, and a chunk of any size fits. */
export const MOST_VALUES_A_CALL = 65_536;
/** What a call needs: its coordinates, no more of them than values; the other inputs; its values. */
const SCRATCH_BYTES = (2 * MOST_VALUES_A_CALL + 64) * BYTES;
/** What the memory of a module without `alloc` grows by. */
export const SCRATCH_PAGES = Math.ceil(SCRATCH_BYTES / PAGE_BYTES);

/** A module that was started, and its memory for what `fill` reads and writes. */
export class WasmInstance {
  readonly #exports: Exports;
  /** Where what `fill` reads and writes begins, once it was called. */
  #scratch: number | undefined;

  /** Throws what a start function traps with, and RangeError where this machine has no memory left. */
  constructor(module: WebAssembly.Module) {
    this.#exports = new WebAssembly.Instance(module).exports as Exports;
    this.#exports._initialize?.();
  }

  function(name: "point"): (...inputs: number[]) => unknown {
    return this.#exports[name]!;
  }

  /**
   * Calls `fill` for the cells of these coordinates. Gives its values, as many as asked for: a part of the instance's memory, until the
   * next call.
   */
  fill(axes: readonly Float64Array[], parameters: Float64Array, valueCount: number): Float64Array {
    const given = [...axes, parameters];
    this.#scratch ??= this.#reserve();
    let address = this.#scratch;
    const addresses: number[] = [];
    for (const numbers of given) {
      this.#view(address, numbers.length).set(numbers);
      addresses.push(address);
      address += numbers.length * BYTES;
    }
    this.#exports.fill!(...axes.map(({ length }) => length), ...addresses, address);
    return this.#view(address, valueCount); // made now: `fill` may have grown the memory, which detaches views
  }

  /** By the module's `alloc`; without it, the memory grows: what is new belongs to no allocator that asked for it. */
  #reserve(): number {
    const { alloc, memory } = this.#exports;
    if (!alloc) return grownBy(SCRATCH_PAGES, memory!) * PAGE_BYTES;
    const bytes = SCRATCH_BYTES + BYTES;
    const address = alloc(bytes) >>> 0;
    if (address === 0)
      throw new KernelError(`Expected the kernel's \`alloc\` to give ${bytes} bytes, got 0.`);
    return Math.ceil(address / BYTES) * BYTES;
  }

  #view(address: number, length: number): Float64Array {
    const { buffer } = this.#exports.memory!;
    if (address + length * BYTES > buffer.byteLength) {
      const size = `${buffer.byteLength} bytes of memory`;
      throw new KernelError(
        `Expected the kernel's \`alloc\` to give ${SCRATCH_BYTES} bytes within its ${size}, got address ${address}.`,
      );
    }
    return new Float64Array(buffer, address, length);
  }
}

/** The page at which the new ones begin. */
function grownBy(pages: number, memory: WebAssembly.Memory): number {
  try {
    return memory.grow(pages);
  } catch (error) {
    const size = `${memory.buffer.byteLength / PAGE_BYTES} pages`;
    throw new KernelError(
      `Expected the kernel's memory of ${size} to have room for ${pages} more, which its \`fill\` is given, got ${describeError(error)}.`,
      { cause: error },
    );
  }
}
