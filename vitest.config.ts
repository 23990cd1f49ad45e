import { defineConfig } from "vitest/config";

const project = (name: string, options: object = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], ...options },
});

/** `npm test` runs unit, infra and flow; the slow suite is CI's (`npm run test:slow`). */
export default defineConfig({
  test: {
    reporters: ["default", "./test/helpers/closing-line.ts"],
    projects: [
      project("unit"),
      project("infra", { testTimeout: 60_000, hookTimeout: 60_000 }),
      project("flow", { testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false }),
      ...(process.env.SLOW ? [project("slow", { testTimeout: 600_000, fileParallelism: false })] : []),
    ],
  },
});
