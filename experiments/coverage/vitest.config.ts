import config from "../../vitest.config.ts";

/** The tests as ever, with what they start being measured as well. */
const { test } = config;
const projects = (test?.projects ?? []) as { test: object }[];
export default {
  test: {
    ...test,
    projects: projects.map((project) => ({
      test: { ...project.test, setupFiles: "experiments/coverage/children.ts" },
    })),
  },
};
