import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: process.env.MUTANT_TESTS?.split(",") ?? [], // of the file that is mutated, see run.ts
    testTimeout: 60_000, // a mutant that never ends is Stryker's to notice
    globalSetup: "test/helpers/own-temporary.ts",
  },
});
