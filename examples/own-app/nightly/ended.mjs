import { open } from "manyhands";

/**
 * Reacts to the end of a job: reads the array's last row where it lies, in the bucket, and says what it found.
 * @param {{ readonly detail: import("manyhands/cdk").JobEnded }} event of the rule that `onJobEnd` makes
 */
export async function handler({ detail: { jobId, state } }) {
  const { array } = await open(jobId, { stack: process.env.STACK });
  const [rows = 0] = array.shape;
  const { values } = await array.get({ time: { from: rows - 1 } });
  const most = Math.max(...Array.from(values, Number));
  const sentence = `${jobId} is ${state}: after a day ${most.toPrecision(3)} ${array.unit} are left at the most.`;
  console.log(sentence);
  return sentence;
}
