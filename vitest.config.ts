import { defineConfig } from "vitest/config";

const project = (name: string, options: object = {}) => ({
  // A second is usual, in which a busy machine may not even start a program.
  test: { name, include: [`test/${name}/**/*.test.ts`], expect: { poll: { timeout: 20_000 } }, ...options },
});

/** `npm test` runs unit, infra and flow; the others are CI's (`npm run test:localstack`, `npm run test:slow`). */
export default defineConfig({
  test: {
    globalSetup: "test/helpers/own-temporary.ts",
    maxWorkers: "100%", // one fewer is usual, which leaves a core of two idle
    reporters: ["default", "./test/helpers/closing-line.ts"],
    projects: [
      project("unit", { testTimeout: 60_000 }), // on a machine with much else to do
      // Not isolated: loading the CDK once takes seconds, and its tests only make templates.
      project("infra", { testTimeout: 60_000, hookTimeout: 60_000, isolate: false }),
      project("flow", {
        globalSetup: "test/helpers/built.ts",
        testTimeout: 180_000,
        hookTimeout: 180_000,
        fileParallelism: false,
        sequence: { groupOrder: 1 }, // after the others: its processes need the cores
      }),
      ...(process.env.LOCALSTACK
        ? [project("localstack", { testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false })]
        : []),
      ...(process.env.BROWSER
        ? [
            project("browser", {
              globalSetup: "test/helpers/built.ts",
              testTimeout: 120_000,
              hookTimeout: 60_000,
              fileParallelism: false,
            }),
          ]
        : []),
      ...(process.env.SLOW
        ? [
            project("slow", {
              globalSetup: "test/helpers/built.ts",
              testTimeout: 600_000,
              hookTimeout: 600_000, // what a test installed is removed: minutes on a disk that others use
              fileParallelism: false,
            }),
          ]
        : []),
    ],
  },
});
