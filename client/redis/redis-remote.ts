import type { JobPlace } from "../jobs/job-store.ts";
import type { Remote } from "../remote/remote.ts";
export async function withRedis<Result>(
  _place: JobPlace,
  _use: (remote: Remote) => Promise<Result>,
): Promise<Result> {
  throw new RangeError("not yet");
}
