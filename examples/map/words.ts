import { task } from "manyhands/kernel";

/** How often each word is in a text. */
export default task({
  about: "words of a text",
  task: ({ title, text }: { title: string; text: string }) => {
    const counts: Record<string, number> = {};
    for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) counts[word] = (counts[word] ?? 0) + 1;
    if (Object.keys(counts).length === 0) throw new RangeError(`${title} has no words`);
    return { title, words: Object.values(counts).reduce((sum, each) => sum + each, 0), counts };
  },
});
