/** Which counts of points divide a range of whole numbers so that each point is whole. */
import { MAX_POINTS_PER_AXIS } from "../array/grid.ts";
import { InvalidInputError } from "../validation/errors.ts";

export interface WholeRange {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Throws InvalidInputError, naming the nearest counts that would do, where the even steps of `count` points from `from` up to, and
 * without, `to` are not whole. Ends that are not whole are left to the check of each point.
 * @example
 * expectWholeSteps({ from: 10, to: 110, count: 7 }, "steps", "--points"); // … such as 5 or 10, got 7.
 */
export function expectWholeSteps({ from, to, count }: WholeRange, name: string, field: string): void {
  const span = Math.abs(to - from);
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(span) || span === 0 || span % count === 0) return;
  const counts = [divisor(span, count - 1, -1), divisor(span, count + 1, 1)].filter(
    (each) => each !== undefined,
  );
  throw new InvalidInputError(
    field,
    `a count of points for ${name} that divides its range of ${span}, from ${from} to ${to}, into whole numbers, such as ${counts.join(" or ")}`,
    `${count}`,
  );
}

/** The nearest divisor of `span`, which 1 is, from `start` on in that direction; undefined where no axis has that many points. */
function divisor(span: number, start: number, direction: 1 | -1): number | undefined {
  const most = Math.min(span, MAX_POINTS_PER_AXIS);
  for (
    let each = direction === 1 ? start : Math.min(start, most);
    each >= 1 && each <= most;
    each += direction
  )
    if (span % each === 0) return each;
  return undefined;
}
