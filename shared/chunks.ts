/** What a message may ask for at most. */
export const MAX_CHUNKS_PER_MESSAGE = 50;
