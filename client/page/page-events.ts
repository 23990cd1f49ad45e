/**
 * The events of a live page, by the names that its EventSource hears them under. The stream begins with the whole page, also after each
 * reconnection; then changes come in order, each once. A browser that cannot keep up gets the whole page again in place of what it missed.
 */
export const PAGE_EVENTS = {
  /** `pageText`: replaces all that the browser has. */
  page: "page",
  /** `changeText`: what `grown` takes. */
  change: "change",
  /** No data: the page that came before is the finished report. The browser closes its EventSource, or that would connect again. */
  end: "end",
} as const;
