import { submit } from "manyhands";

/**
 * Starts the night's job and does not wait for it. A schedule may fire twice; the same id with the same request is the same job.
 * @param {{ readonly time: string }} event of EventBridge's schedule
 */
export async function handler({ time }) {
  const { jobId, chunks, messages } = await submit(
    new URL("./decay.ts", import.meta.url),
    {},
    { jobId: `decay-${time.slice(0, 10)}`, points: [400, 300], stack: process.env.STACK },
  );
  return { jobId, chunks, messages };
}
