import { task } from "manyhands/kernel";

/** The title of a page, by its address. */
export default task({
  about: "title of a page",
  task: async (url: string, { signal }) => {
    const answer = await fetch(url, { signal });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    const page = await answer.text();
    return { url, title: /<title>([^<]*)<\/title>/i.exec(page)?.[1]?.trim() ?? null };
  },
});
