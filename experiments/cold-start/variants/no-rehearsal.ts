/** Stands in for functions/worker/rehearsal.ts. */
export const rehearse = async () => undefined;
