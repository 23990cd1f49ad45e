/** A task mapped over items, which come as soon as they and those before them are there. */
import { map } from "manyhands";
import words from "../map/words.ts";

function* texts() {
  yield { title: "Proverb", text: "Many hands make light work." };
  yield { title: "Silence", text: "…" };
  yield { title: "Night", text: "The light of the moon is the light of the sun." };
}

const job = map(words, texts(), { engine: "threads", concurrency: 2, allowMissing: 0.4, plots: false });
for await (const { index, value, error } of job)
  console.log(index, error === undefined ? `${value.title}: ${value.words} words` : error.split(" (")[0]);
const { summary } = await job;
console.log(`${summary.state}, tolerated: ${summary.tolerated}`);
