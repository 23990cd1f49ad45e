/** A lesson: Markdown with fences that are run, that are files, and that hold what was printed. Pure. */

/** A fence with a mark behind its language. */
export type Block =
  /** ```sh run: commands for the page's one shell. `needs` names programs without which they are left out. */
  | { readonly kind: "run"; readonly text: string; readonly line: number; readonly needs: readonly string[] }
  /** ```text output: what the commands before it print; of ```text head only the lines before the first empty one follow from them. */
  | { readonly kind: "output" | "head"; readonly text: string; readonly line: number }
  /** ```js file=mine.js: a file for the commands. */
  | { readonly kind: "file"; readonly text: string; readonly line: number; readonly name: string };

/** `![words](pictures/05-cost.png "cost.png")`: the title is the file that the commands make. */
export interface Picture {
  readonly path: string;
  readonly made: string;
}

/** What a lesson cannot be made from; the message says where. */
export class LessonError extends Error {
  override readonly name = "LessonError";
}

const FENCE = /^```(\w+) ([^\n]+)\n([\s\S]*?)^```$/gm;
const PICTURE = /!\[[^\]]*\]\((pictures\/[\w.-]+) "([^"\n]+)"\)/g;
/** `<!-- /makespan +(\S+ m?s)/ -->572 ms<!-- / -->`: a figure in a sentence, by its pattern in what was printed. */
const FIGURE = /<!-- \/(.+?)\/ -->(.*?)<!-- \/ -->/g;

/** The blocks in their order. Throws LessonError at a mark that is none, and at an output that no commands precede. */
export function blocksOf(page: string, name: string): Block[] {
  let before: Block["kind"] | undefined;
  return [...page.matchAll(FENCE)].map(({ index, 2: mark = "", 3: text = "" }) => {
    const line = page.slice(0, index).split("\n").length;
    const block = blockOf(mark, text, line);
    if (!block)
      throw new LessonError(
        `Expected ${name}:${line} to be marked "run", "output", "head" or "file=<name>", got "${mark}"`,
      );
    if (isOutput(block) && before !== "run")
      throw new LessonError(
        `Expected ${name}:${line} to follow a block of commands, got an output of ${before ?? "nothing"}`,
      );
    before = block.kind;
    return block;
  });
}

function blockOf(mark: string, text: string, line: number): Block | undefined {
  const [kind = "", ...more] = mark.split(" ");
  if (kind === "run") {
    const needs = more.flatMap((each) => /^needs=(.+)$/.exec(each)?.[1]?.split(",") ?? []);
    return { kind, text, line, needs };
  }
  if (kind === "output" || kind === "head") return { kind, text, line };
  const name = /^file=(\w[\w.-]*)$/.exec(kind)?.[1];
  return name === undefined ? undefined : { kind: "file", text, line, name };
}

export const isOutput = ({ kind }: Block): boolean => kind === "output" || kind === "head";

export const picturesOf = (page: string): Picture[] =>
  [...page.matchAll(PICTURE)].map(([, path = "", made = ""]) => ({ path, made }));

/** The page with other outputs, by the line of their block, and its figures from them. Throws LessonError where a pattern finds nothing. */
export function withOutputs(page: string, name: string, outputs: ReadonlyMap<number, string>): string {
  const blocks = blocksOf(page, name);
  let at = 0;
  const written = page.replace(FENCE, (fence, language: string, mark: string) => {
    const output = outputs.get(blocks[at++]!.line);
    return output === undefined ? fence : `\`\`\`${language} ${mark}\n${output}\`\`\``;
  });
  const printed = blocksOf(written, name)
    .filter(isOutput)
    .map(({ text }) => text)
    .join("");
  return written.replace(FIGURE, (_, pattern: string) => {
    const [, figure] = new RegExp(pattern, "m").exec(printed) ?? [];
    if (figure === undefined)
      throw new LessonError(`Expected the outputs of ${name} to have /${pattern}/, got none that has`);
    return `<!-- /${pattern}/ -->${figure.trim()}<!-- / -->`;
  });
}
