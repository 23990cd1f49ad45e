import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { kernelMeant } from "../../../client/kernels/meant-kernel.ts";
import { folderWith, pointFile } from "../../helpers/kernel-file.ts";

const user = () => folderWith({ "mine.ts": pointFile("return x;"), "two words.wasm": "" });

describe("a kernel's name", () => {
  test("without the ending of a file that is there suggests the file", async () => {
    const folder = user();
    const sentence =
      "Expected kernel to be one of mandelbrot, julia, double-pendulum, or a file's path with its ending, got ";
    await expect(kernelMeant(join(folder, "mine"))).rejects.toThrow(
      `${sentence}"${folder}/mine". Did you mean ${folder}/mine.ts?`,
    );
    await expect(kernelMeant(join(folder, "two words"))).rejects.toThrow(
      `Did you mean '${folder}/two words.wasm'?`,
    );
  });

  test("without such a file is refused, and a name says that a file may be meant", async () => {
    const folder = user();
    await expect(kernelMeant(join(folder, "others"))).rejects.toThrow(/kernel's file to be a file of \.ts, /);
    await expect(kernelMeant("juliet")).rejects.toThrow(/got "juliet"\. Did you mean julia\?$/);
    await expect(kernelMeant("others")).rejects.toThrow(
      /, or a file's path with its ending, got "others"\.$/,
    );
  });
});
