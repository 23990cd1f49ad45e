import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import cdkJson from "../../../cdk.json" with { type: "json" };
import { init } from "../../../cli/commands/init.ts";
import packageJson from "../../../package.json" with { type: "json" };
import { InvalidInputError } from "../../../shared/validation/errors.ts";
import templateCdkJson from "../../../tools/init/template/cdk.json" with { type: "json" };
import manifest from "../../../tools/init/template/spot.json" with { type: "json" };
import spot from "../../../tools/init/template/spot.ts";
import { TEMPLATE_FILES } from "../../../tools/init/template-files.ts";
import { expectSentence } from "../../helpers/sentences.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

afterEach(() => vi.restoreAllMocks());

/** What init prints. */
function told(folder: string, options = {}): string {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  expect(init(folder, options)).toBe(0);
  return write.mock.calls.map(([text]) => text).join("");
}

function refusal(folder: string): InvalidInputError {
  try {
    init(folder, {});
  } catch (error) {
    expectSentence(error);
    if (error instanceof InvalidInputError) return error;
  }
  throw new Error(`${folder} was not refused`);
}

test("it makes a folder, however deep, whose files bear the project's name", () => {
  const folder = join(temporaryFolder(), "of several/My Grid");
  const { next, ...made } = JSON.parse(told(folder, { json: true }));
  const files = readdirSync(folder).sort();
  expect(made).toEqual({ folder, name: "my-grid", files });
  expect(files).toEqual(
    [".gitignore", "package.json", ...TEMPLATE_FILES.filter((name) => name !== "gitignore")].sort(),
  );
  expect(next[0]).toBe(`cd '${folder}'`);
  expect(files.filter((name) => readFileSync(join(folder, name), "utf8").includes("my-project"))).toEqual([]);
  expect(readFileSync(join(folder, "app.ts"), "utf8")).toContain('"my-grid");');
  const { name, dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  expect({ name, dependencies }).toEqual({
    name: "my-grid",
    dependencies: { manyhands: packageJson.version },
  });
});

test("an empty folder will do, and the checkout's next steps install the package that it builds", () => {
  const folder = temporaryFolder();
  const text = told(folder);
  expect(text).toContain(`\n  npm run build:package --prefix ${process.cwd()}\n`);
  expect(text).toContain(
    `\n  npm install ${process.cwd()}/dist/manyhands-${packageJson.version}.tgz\n  npx manyhands run ./spot.ts\n`,
  );
});

test("a folder with anything in it is refused, and left as it was", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, ".keep"), "mine");
  mkdirSync(join(folder, "src"));
  expect(refusal(folder).message).toBe(
    `Expected the project's folder to be a new folder or an empty one, got ${folder} with .keep and 1 more. \`manyhands init my-project\` makes one.`,
  );
  expect(readdirSync(folder).sort()).toEqual([".keep", "src"]);
  expect(refusal(join(folder, ".keep")).message).toContain(".keep, which is not a folder.");
  expect(refusal(join(folder, ".keep/below")).message).toContain("which is not a folder.");
  expect(readFileSync(join(folder, ".keep"), "utf8")).toBe("mine");
});

test("a folder that cannot be made is refused in a sentence", () => {
  expect(refusal(join(temporaryFolder(), "x".repeat(300))).message).toContain("got ENAMETOOLONG");
  expect(refusal("/sys/my-grid").message).toMatch(
    /^Expected the project's folder to be one that can be written to, got /,
  );
  expect(existsSync("/sys/my-grid")).toBe(false);
});

test("the template's kernel in C declares what the one in TypeScript does", () => {
  const { about, inputs, value } = spot as unknown as typeof manifest;
  expect({ about, inputs, value }).toEqual(manifest);
});

test("the template's app has the feature flags of our own", () => {
  expect({ ...templateCdkJson, app: "" }).toEqual({ ...cdkJson, app: "" });
});
