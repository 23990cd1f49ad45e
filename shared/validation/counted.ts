/** Whole numbers in sentences. */

/** `1 chunk`, `2,500 chunks`. */
export function counted(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? "" : "s"}`;
}

/** A whole number with commas between thousands. Not by toLocaleString: its first call loads the locale, in 14 ms. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
