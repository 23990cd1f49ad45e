import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { uploadKey } from "../../shared/kernels/uploads.ts";
import type { JobRequest } from "../../shared/messages/job-request.ts";
import { buildWasm } from "../../tools/kernels/build-wasm.ts";
import { folderWith } from "../helpers/kernel-file.ts";
import { mapRequest, putNumbers } from "../helpers/map.ts";
import { handMade, handMadePoint, NO_HASH, uploadSite } from "../helpers/upload-site.ts";
import { F64, FOREVER, LOCAL, MANIFEST, moduleOf, NUMBER } from "../helpers/wasm-module.ts";

type Site = Awaited<ReturnType<typeof uploadSite>>;

/** Eight cells in two chunks of one message; `x` is below 0.5 in the first. */
const TWO_CHUNKS = { points: [8], chunk: [4], chunksPerMessage: 2 };

/** Submits a job of that code, and works until no message is left. */
async function computed(site: Site, code: Uint8Array, request: Partial<JobRequest> = {}) {
  const asked = { kernel: "hostile", hash: NO_HASH, requestId: "hostile", ...TWO_CHUNKS, ...request };
  await site.submit({ ...asked, uploaded: site.upload(code) });
  return site.work();
}

/** The sum of a job of a kernel of ours, and that the environment which computed it had worked before. */
async function oursAfter(site: Site): Promise<void> {
  await site.submit({ kernel: "mandelbrot", requestId: "ours", points: [10, 10], chunk: [10, 10] });
  const { errors, reports } = await site.work();
  expect({ errors, cold: reports.map(({ worker }) => worker.coldStart) }).toEqual({
    errors: [],
    cold: [false],
  });
  expect(await site.array("ours")).toHaveLength(100);
}

/** Filling a memory takes seconds on a busy machine; what never ends is waited for. */
const longEnoughFor = (why: RegExp) => (why.source.includes("memory") ? 20_000 : 12_000);

describe("JavaScript", () => {
  test.each([
    ["an endless loop", "for (;;);", /did not end within its message's time/],
    ["a heap without an end", "const all = []; for (;;) all.push(Array(1e5).fill(x));", /memory/],
    [
      "memory outside of the heap",
      "const all = []; for (;;) all.push(new Uint8Array(1e7).fill(1));",
      /took more memory than its worker has|memory/,
    ],
    ["an end of the process", '[].constructor.constructor("process.exit(3)")();', /process\.exit is not/],
    ["a stack without an end", "const deeper = (y) => deeper(y + 1) + 1; return deeper(x);", /stack/],
  ])("%s costs its chunk, and neither the message's other chunk nor other jobs", async (_, body, why) => {
    const site = await uploadSite({ timeoutMs: longEnoughFor(why), memoryMb: 512 });
    const { errors } = await computed(site, handMadePoint(`if (x < 0.5) { ${body} } return x;`));
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toMatch(why);
    expect(await site.hasChunk("hostile", 0)).toBe(false);
    expect(await site.hasChunk("hostile", 1)).toBe(true);
    await oursAfter(site);
  });

  test.each([
    ["an environment variable", "Object.keys(process.env).length", 0],
    ["a module by require", "typeof require", "undefined"],
    ["a module by the process", "typeof process.getBuiltinModule", "undefined"],
    ["bindings", "typeof process.binding + typeof process.dlopen", "undefinedundefined"],
    ["the network", "typeof fetch + typeof WebSocket + typeof XMLHttpRequest", "undefinedundefinedundefined"],
    [
      "a timer, a port or a shared memory's thread",
      "typeof setTimeout + typeof MessageChannel",
      "undefinedundefined",
    ],
    ["the whole process by a listener", "typeof process.on('x', () => {})", "undefined"],
    ["arguments", "typeof process.argv + typeof process.execPath", "undefinedundefined"],
  ])("out of its own globals it does not meet %s", async (_, expression, found) => {
    const site = await uploadSite();
    const told = `throw new Error("found " + [].constructor.constructor(${JSON.stringify(`return ${expression}`)})());`;
    const { errors } = await computed(site, handMadePoint(told), { points: [4], chunk: [4] });
    expect(errors[0]).toContain(`found ${found}`);
  });

  test("it imports nothing, even by a promise", async () => {
    const site = await uploadSite();
    // The first chunk begins it, and the second one, in a later message, tells what came of it.
    const body = `if (x === 0) [].constructor.constructor("return import('node:fs')")().then(
  (fs) => { told = "read " + fs.readFileSync("/proc/self/environ").length; },
  (error) => { told = "refused: " + error.message; });
if (x >= 0.5) throw new Error(told); return x;`;
    const code = handMadePoint(body, 'let told = "nothing";');
    const { errors } = await computed(site, code, { chunksPerMessage: 1 });
    expect(errors[0]).toContain("refused: Expected a kernel to import nothing while it runs, got node:fs.");
  });

  test("where only WebAssembly may be uploaded neither stage evaluates it", async () => {
    const open = await uploadSite();
    const code = handMadePoint("return x;");
    await open.submit({
      kernel: "mine",
      hash: NO_HASH,
      requestId: "planted",
      ...TWO_CHUNKS,
      uploaded: open.upload(code),
    });
    const strict = await uploadSite({ policy: "wasm" });
    const refusal = 'The stack\'s kernelUploads is "wasm", because JavaScript is no sandbox';
    await expect(computed(strict, code)).rejects.toThrow(refusal);
    // A job that an attacker wrote into the bucket, past the splitter.
    const { errors } = await strict.workOn(await open.jobOf("planted"), [0]);
    expect(errors).toEqual([expect.stringContaining(refusal)]);
    expect(await strict.hasChunk("planted", 0)).toBe(false);
  });
});

describe("WebAssembly", () => {
  const built = async (code: readonly number[], more: Partial<Parameters<typeof moduleOf>[0]> = {}) => {
    const point = { parameters: [F64], code, exportAs: "point" };
    const manifest = { ...MANIFEST, inputs: { x: { from: 0, to: 1 } } };
    const path = join(folderWith({}), "hostile.wasm");
    writeFileSync(path, moduleOf({ functions: [point], manifest, ...more }));
    const { artifact, hash } = await buildWasm(path);
    return { artifact, hash };
  };
  /** `x < 0.5` (the constant's bytes are little-endian), then these instructions; else `x`. */
  const below = (code: readonly number[]) => [
    ...[...LOCAL(0), 0x44, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 0x63],
    ...[0x04, F64, ...code, 0x05, ...LOCAL(0), 0x0b],
  ];

  test.each([
    ["an endless loop", FOREVER, /did not end within its message's time/],
    ["a trap", [0x00], /unreachable/],
    [
      "an access outside of its memory",
      [...NUMBER(0x7f), 0x2b, 3, 0xff, 0xff, 0xff, 0xff, 0x07],
      /out of bounds/,
    ],
    [
      "all the memory that there is",
      // Grows by a page until there is none left, and then traps.
      [0x03, 0x40, ...NUMBER(1), 0x40, 0, ...NUMBER(0), 0x4e, 0x0d, 0, 0x0b, 0x00],
      /unreachable/,
    ],
  ])("%s costs its chunk, and neither the message's other chunk nor other jobs", async (_, code, why) => {
    const site = await uploadSite({ policy: "wasm", timeoutMs: 12_000 });
    const memories = [[1, 1, 0x80, 0x20]];
    const { artifact, hash } = await built(below(code), { memories, exports: [] });
    const { errors } = await computed(site, artifact, { hash });
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toMatch(why);
    expect(await site.hasChunk("hostile", 0)).toBe(false);
    expect(await site.hasChunk("hostile", 1)).toBe(true);
    await oursAfter(site);
  });

  test("a module that imports, or is not the one that the job names, is refused before anything is started", async () => {
    const site = await uploadSite({ policy: "wasm" });
    const { artifact, hash } = await built([...LOCAL(0)]);
    await expect(computed(site, artifact)).rejects.toThrow(`the module of hash ${NO_HASH.slice(0, 16)}`);
    const swapped = site.upload(artifact);
    writeFileSync(join(site.folder, uploadKey(swapped.sha256)), (await built(below(FOREVER))).artifact);
    const request = { kernel: "hostile", hash, requestId: "swapped", ...TWO_CHUNKS, uploaded: swapped };
    await expect(site.submit(request)).rejects.toThrow("to have the bytes that its key names");
    const importing = moduleOf({
      functions: [{ parameters: [F64], code: LOCAL(0), exportAs: "point" }],
      imports: [[3, 0x65, 0x6e, 0x76, 1, 0x66, 0, 0]],
      manifest: { ...MANIFEST, inputs: { x: { from: 0, to: 1 } } },
    });
    await expect(computed(site, importing)).rejects.toThrow(/import/);
  });
});

describe("a task", () => {
  /** A job of two items, a shard each, of a task in JavaScript. */
  const mapped = async (site: Site, body: string) => {
    await putNumbers(site.store, 2, 1);
    const code = handMade(`module.exports = { kind: "task", task: async (item) => { ${body} } };`, "task");
    const named = { hash: NO_HASH, uploaded: site.upload(code) };
    await site.submit(mapRequest(2, { ...named, items: { perShard: 1, seconds: 1 } }));
    return site.work();
  };

  test.each([
    ["an endless loop", "for (;;);", /did not end within its message's time/],
    ["a heap without an end", "const all = []; for (;;) all.push(Array(1e5).fill(item));", /memory/],
    [
      "an end of its process, past the one that it is shown",
      "globalThis.process.exit(3);",
      /ended its thread/,
    ],
  ])("with %s costs its shard, and neither the other one nor other jobs", async (_, hostile, why) => {
    const site = await uploadSite({ timeoutMs: longEnoughFor(why), memoryMb: 512 });
    const { errors } = await mapped(site, `if (item === 0) { ${hostile} } return item;`);
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toMatch(why);
    expect(await site.linesOf("j", 0)).toBeUndefined();
    expect(await site.linesOf("j", 1)).toEqual(['{"index":1,"value":1}']);
    await oursAfter(site);
  });

  test("has no environment variables in its thread, and all of Node: it finds the process's in a file", async () => {
    const site = await uploadSite();
    const read =
      'require("node:fs").readFileSync("/proc/self/environ", "utf8").includes("AWS_SECRET_ACCESS_KEY")';
    await mapped(site, `return [Object.keys(process.env).length, ${read}];`);
    expect(await site.linesOf("j", 0)).toEqual(['{"index":0,"value":[0,true]}']);
  });
});

describe("whatever is uploaded", () => {
  test("is not even read where nothing may be", async () => {
    const site = await uploadSite({ policy: "none" });
    const uploaded = { sha256: NO_HASH };
    const request = { kernel: "mine", hash: NO_HASH, requestId: "none", ...TWO_CHUNKS, uploaded };
    await expect(site.submit(request)).rejects.toThrow(`The stack's kernelUploads is "none"`);
  });

  test("and is gone costs its chunks, with a sentence", async () => {
    const site = await uploadSite();
    const request = { kernel: "mine", hash: NO_HASH, requestId: "gone", ...TWO_CHUNKS };
    await expect(site.submit({ ...request, uploaded: { sha256: NO_HASH } })).rejects.toThrow(
      `Expected ${uploadKey(NO_HASH)} in the store, found nothing there.`,
    );
  });

  test("and never ends while it is loaded is refused by the splitter, which goes on", async () => {
    const site = await uploadSite();
    await expect(computed(site, handMade("for (;;);"))).rejects.toThrow("nothing after 10 s");
    await site.submit({ kernel: "mandelbrot", requestId: "ours", points: [10, 10] });
    expect((await site.jobOf("ours")).spec.kernel).toBe("mandelbrot");
  });
});
