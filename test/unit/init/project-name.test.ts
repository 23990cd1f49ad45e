import { expect, test } from "vitest";
import { projectName } from "../../../tools/init/project-name.ts";

test.each([
  ["grid", "grid"],
  ["/home/me/My Grid.v2/", "my-grid-v2"],
  ["Été_2026", "ete-2026"],
  ["2026-runs", "my-2026-runs"],
  ["manyhands", "my-manyhands"],
  ["aws-cdk", "my-aws-cdk"],
  ["日本", "my-project"],
  ["/", "my-project"],
  ["..hidden--", "hidden"],
  ["ﬁeld ½", "field-1-2"],
  ["node_modules", "node-modules"],
])("the project in %s is %s", (folder, name) => {
  expect(projectName(folder, ["manyhands", "aws-cdk"])).toBe(name);
});

test("a name is short enough for what the stack has, and ends in a letter or digit", () => {
  const longest = projectName(`${"a".repeat(59)} ${"b".repeat(200)}`, []);
  expect(longest).toBe("a".repeat(59));
  expect(projectName("x".repeat(255), [])).toHaveLength(60);
});
