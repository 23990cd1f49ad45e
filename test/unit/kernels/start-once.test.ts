import { describe, expect, test } from "vitest";
import { checkWasm } from "../../../shared/kernels/wasm-file/check.ts";
import { startOnce } from "../../../tools/kernels/start-once.ts";
import { EXPORTED_MEMORY, FOREVER, MANIFEST, moduleOf, PRODUCT } from "../../helpers/wasm-module.ts";

const manifest = MANIFEST;
const check = (bytes: Uint8Array<ArrayBuffer>) => checkWasm("mine.wasm", bytes, { name: "mine" });

describe("a module is started once, in a thread that is ended:", () => {
  const started = async (bytes: Uint8Array<ArrayBuffer>, mostMs?: number) =>
    startOnce(check(bytes).bytes, "mine.wasm", mostMs).then(
      () => "started",
      (error: Error) => error.message,
    );
  const NOTHING = { parameters: [], results: [] };

  test("one whose start function hangs is refused", async () => {
    const hanging = moduleOf({ functions: [PRODUCT, { ...NOTHING, code: FOREVER }], start: 1, manifest });
    expect(await started(hanging, 1000)).toBe(
      "Expected mine.wasm to be a module that starts, got nothing after 1 s.",
    );
  });

  test("one whose `_initialize` hangs is refused", async () => {
    const hanging = { ...NOTHING, code: FOREVER, exportAs: "_initialize" };
    expect(await started(moduleOf({ functions: [PRODUCT, hanging], manifest }), 1000)).toBe(
      "Expected mine.wasm to be a module whose `_initialize` returns, got nothing after 1 s.",
    );
  });

  test("one whose start function traps is refused", async () => {
    const trapping = moduleOf({ functions: [PRODUCT, { ...NOTHING, code: [0] }], start: 1, manifest });
    expect(await started(trapping)).toBe("Expected mine.wasm to be a module that starts, got unreachable.");
  });

  test("one that the engine finds invalid is refused with its words", async () => {
    const mistyped = moduleOf({ functions: [{ ...PRODUCT, code: [0x1a, 0x1a] }], manifest });
    expect(await started(mistyped)).toContain("Expected mine.wasm to be a valid WebAssembly module, got ");
  });

  test("one that grows without end meets its bound of 256 MiB and starts", async () => {
    // Until memory.grow gives -1: block loop (grow 1365, -1 eq) br_if 1, br 0 end end.
    const growing = [
      0x02, 0x40, 0x03, 0x40, 0x41, 0xd5, 0x0a, 0x40, 0, 0x41, 0x7f, 0x46, 0x0d, 1, 0x0c, 0, 0x0b, 0x0b,
    ];
    const bytes = moduleOf({
      memories: [[0, 1]],
      functions: [PRODUCT, { ...NOTHING, code: growing }],
      exports: [EXPORTED_MEMORY],
      start: 1,
      manifest,
    });
    expect(await started(bytes)).toBe("started");
    const { memory } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(check(bytes).bytes)))
      .exports;
    expect((memory as WebAssembly.Memory).buffer.byteLength).toBe(256 * 2 ** 20);
  });
});
