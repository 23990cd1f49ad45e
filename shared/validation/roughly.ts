/** A duration, roughly. */
export function roughly(ms: number): string {
  const s = ms / 1000;
  if (s < 90) return `${Math.ceil(s)} s`;
  if (s < 5400) return `${Math.round(s / 60)} min`;
  return s < 48 * 3600 ? `${(s / 3600).toFixed(1)} h` : `${Math.round(s / 86_400)} days`;
}
