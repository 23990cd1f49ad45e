/**
 * The result, unless the signal is aborted first: then this rejects with the signal's reason, and what had begun goes
 * on unwatched.
 */
export async function unlessAborted<Result>(
  signal: AbortSignal,
  action: () => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([action(), aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
