/** Where a stage puts messages for the next one. Delivery is at least once and in no particular order. */
export interface Queue {
  /**
   * Sends every body and returns how many there were; takes them from the iterable only as fast as the queue
   * takes them. Throws QueueSendError where some are refused for good; others may have been sent.
   */
  send(bodies: Iterable<string>, options?: { readonly delaySeconds?: number }): Promise<number>;
}
