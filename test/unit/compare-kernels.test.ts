import { expect, test } from "vitest";
import { compareKernels } from "../../cli/commands/compare-kernels.ts";

const BALL = "9474516b06d0366c";
const MINE = "07c4fd6a2b1e4d55";
const mine = { name: "mine", hash: MINE, kind: "js", path: "/home/ada/mine.ts" } as const;

const compared = (
  deployed: object | string | undefined,
  here: Parameters<typeof compareKernels>[1],
  place = "us-east-1",
) => {
  const kernels = typeof deployed === "object" ? JSON.stringify(deployed) : deployed;
  return compareKernels({ version: "0.1.0", kernels, place }, here);
};

test.each([
  ["none of a file", undefined, [], "those of 0.1.0, and none of a file"],
  [
    "two of files",
    { ball: BALL, mine: MINE },
    [],
    "those of 0.1.0, and of files ball 9474516b, mine 07c4fd6a",
  ],
  [
    "the file as it is here",
    { ball: BALL, mine: MINE },
    [mine],
    "those of 0.1.0, and of files ball 9474516b, mine 07c4fd6a; mine as here",
  ],
])("a deployment with %s is well", (_, deployed, here, text) => {
  expect(compared(deployed, here)).toEqual({ state: "ok", text });
});

test("another version of a file is deployed again with all files that the deployment is to keep", () => {
  expect(compared({ ball: BALL, mine: BALL }, [mine])).toEqual({
    state: "warning",
    text: "those of 0.1.0, and of files ball 9474516b, mine 9474516b; mine is another version than the file here (07c4fd6a)",
    advice:
      "Deploy again with `npx cdk deploy -c 'kernels=/home/ada/mine.ts,<file of ball>'`: a deployment has the files that its last one named, and no others.",
  });
});

test("a file that is not deployed is named along with one that is, each once", () => {
  const ball = { name: "ball", hash: BALL, kind: "js", path: "/home/ada/ball.ts" } as const;
  const { state, text, advice } = compared({ ball: BALL }, [mine, ball]);
  expect([state, text]).toEqual([
    "warning",
    "those of 0.1.0, and of files ball 9474516b; mine is not deployed; ball as here",
  ]);
  expect(advice).toContain("`npx cdk deploy -c kernels=/home/ada/mine.ts,/home/ada/ball.ts`");
});

test("a file that the deployment takes with its job is well, and one that it refuses is not", () => {
  const asked = (kernelUploads: string, kind: "js" | "wasm") =>
    compareKernels({ version: "0.1.0", kernelUploads, place: "us-east-1" }, [{ ...mine, kind }]).state;
  expect([asked("wasm", "wasm"), asked("all", "js")]).toEqual(["ok", "ok"]);
  expect([asked("wasm", "js"), asked("none", "wasm")]).toEqual(["warning", "warning"]);
});

test("on LocalStack the advice is the command that deploys there", () => {
  expect(compared({}, [mine], "LocalStack at http://127.0.0.1:4566").advice).toContain(
    "`npm run deploy:localstack -- -c kernels=/home/ada/mine.ts`",
  );
});

test.each(["nonsense", "[1]", '{"mine":1}'])("an output that cannot be read (%s) is said", (output) => {
  expect(compared(output, [mine])).toMatchObject({
    state: "warning",
    text: expect.stringContaining("cannot be read"),
  });
});

test("a file of Python is deployed by a setting of its own, and taken with its job by workers of Python alone", () => {
  const of = { ...mine, kind: "python", path: "/home/ada/mine.py" } as const;
  const python = { worker: "w", chunkQueue: "q", chunkDeadLetters: "d" };
  const asked = (deployment: object) =>
    compareKernels({ version: "0.1.0", place: "us-east-1", kernelUploads: "all", ...deployment }, [of]);
  expect(asked({ python }).state).toBe("ok");
  expect(asked({ python, kernelUploads: "wasm" }).state).toBe("warning");
  expect(asked({})).toMatchObject({
    state: "warning",
    advice: expect.stringContaining("`npx cdk deploy -c pythonKernels=/home/ada/mine.py`"),
  });
});
