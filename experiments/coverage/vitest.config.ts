import config from "../../vitest.config.ts";

/** The tests as ever, with what they start being measured as well, which takes longer; a bundle with its source map has no budget. */
const { test } = config;
const projects = (test?.projects ?? []) as { test: object }[];
export default {
  test: {
    ...test,
    projects: projects.map((project) => ({
      test: {
        testTimeout: 60_000,
        ...project.test,
        exclude: ["test/unit/bundles.test.ts"],
        setupFiles: "experiments/coverage/children.ts",
      },
    })),
  },
};
