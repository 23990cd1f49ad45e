/** What a page shows against what its commands print now. Pure. */
import { blocksOf, isOutput } from "./page.ts";
import { headOf, shapeOf } from "./shape.ts";

/** A sentence for each output that has another shape than the page shows. */
export function differences(page: string, made: string, name: string): string[] {
  const now = blocksOf(made, name).filter(isOutput);
  return blocksOf(page, name)
    .filter(isOutput)
    .flatMap((block, at) => {
      const part = block.kind === "head" ? headOf : (text: string) => text;
      const [shown, printed] = [block.text, now[at]!.text].map((text) => shapeOf(part(text)));
      const line = shown!.findIndex((each, index) => each !== printed![index]);
      const first = line < 0 && printed!.length > shown!.length ? shown!.length : line;
      return first < 0
        ? []
        : [
            `${name}:${block.line} shows "${shown![first] ?? ""}", where "${printed![first] ?? ""}" is printed`,
          ];
    });
}
