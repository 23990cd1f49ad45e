/**
 * A window cut into smaller ones of at most `most` cells each (but one coordinate of the last axis at least), each a run of cells that
 * follow each other, row-major. Yields the coordinates of each, in order.
 */
export function* runsOf(axes: readonly Float64Array[], most: number): Generator<readonly Float64Array[]> {
  let cut = axes.length - 1;
  let inner = 1;
  while (cut > 0 && inner * axes[cut]!.length <= most) inner *= axes[cut--]!.length;
  const step = Math.max(1, Math.floor(most / inner));
  yield* partsFrom(0, []);

  function* partsFrom(axis: number, chosen: readonly Float64Array[]): Generator<readonly Float64Array[]> {
    const all = axes[axis]!;
    if (axis > cut) return yield [...chosen, ...axes.slice(axis)];
    const width = axis === cut ? step : 1;
    for (let from = 0; from < all.length; from += width) {
      const part = [...chosen, all.subarray(from, from + width)];
      if (axis === cut) yield [...part, ...axes.slice(cut + 1)];
      else yield* partsFrom(axis + 1, part);
    }
  }
}
