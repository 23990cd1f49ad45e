import { expect, test } from "vitest";
import { differences } from "../../../tools/lessons/check-page.ts";
import { blocksOf, picturesOf, withOutputs } from "../../../tools/lessons/page.ts";

const PAGE = `# A page

\`\`\`js file=mine.js
one();
\`\`\`

\`\`\`sh
not run
\`\`\`

\`\`\`sh run needs=python3,redis-server
two
\`\`\`

\`\`\`text output
took 5 ms

then 7 s
\`\`\`

![a line](pictures/01-a.png "results/a/heatmap.png") and ![another](../pictures/b.png)

Here it is <!-- /then ([\\d.]+ s)/ -->7 s<!-- / -->, and was 9 s.

\`\`\`sh run
three
\`\`\`

\`\`\`text head
sum 12
\`\`\`
`;

test("the fences with a mark are the page's blocks, with their lines and what they need", () => {
  expect(blocksOf(PAGE, "a.md")).toEqual([
    { kind: "file", name: "mine.js", text: "one();\n", line: 3 },
    { kind: "run", text: "two\n", needs: ["python3", "redis-server"], line: 11 },
    { kind: "output", text: "took 5 ms\n\nthen 7 s\n", line: 15 },
    { kind: "run", text: "three\n", needs: [], line: 25 },
    { kind: "head", text: "sum 12\n", line: 29 },
  ]);
});

test("a picture's title is the file it is made from; those without one are not made", () => {
  expect(picturesOf(PAGE)).toEqual([{ path: "pictures/01-a.png", made: "results/a/heatmap.png" }]);
});

test("outputs are written in place, and figures follow them; all else stays", () => {
  const made = withOutputs(PAGE, "a.md", new Map([[15, "took 6 ms\n\nthen 8.5 s and $& and $1\n"]]));
  expect(made).toBe(
    PAGE.replace("took 5 ms\n\nthen 7 s", () => "took 6 ms\n\nthen 8.5 s and $& and $1").replace(
      "-->7 s<!--",
      "-->8.5 s<!--",
    ),
  );
});

test.each([
  [
    "```sh runs\nx\n```\n",
    'Expected a.md:1 to be marked "run", "output", "head" or "file=<name>", got "runs"',
  ],
  [
    "```js file=../x.js\nx\n```\n",
    'Expected a.md:1 to be marked "run", "output", "head" or "file=<name>", got "file=../x.js"',
  ],
  ["\n```text output\nx\n```\n", "Expected a.md:2 to follow a block of commands, got an output of nothing"],
])("%j is refused with its line", (page, sentence) => {
  expect(() => blocksOf(page, "a.md")).toThrow(sentence);
});

test("a figure whose pattern no output has is refused", () => {
  expect(() => withOutputs(PAGE, "a.md", new Map([[15, "nothing\n"]]))).toThrow(
    "Expected the outputs of a.md to have /then ([\\d.]+ s)/, got none that has",
  );
});

test("another time is no difference, another word is, and of a head only what stands before the empty line", () => {
  const made = (first: string, second: string) =>
    withOutputs(
      PAGE,
      "a.md",
      new Map([
        [15, first],
        [29, second],
      ]),
    );
  expect(differences(PAGE, made("took 61 ms\n\nthen 1.8 s\n", "sum 12\n\nmore\n"), "a.md")).toEqual([]);
  expect(differences(PAGE, made("took 5 ms\n\nbut then 7 s\n", "sum 12\n"), "a.md")).toEqual([
    'a.md:15 shows "then #", where "but then #" is printed',
  ]);
  expect(differences(PAGE, made("took 5 ms\n\nthen 7 s\nso far\n", "sum 13\n"), "a.md")).toEqual([
    'a.md:15 shows "", where "so far" is printed',
    'a.md:29 shows "sum 12", where "sum 13" is printed',
  ]);
});
