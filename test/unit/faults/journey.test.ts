import { expect, test } from "vitest";
import { FILES, nthDamages, outcomeOf, WAYS } from "../../faults/journeys/damage.ts";
import { drawJourney, isJourney } from "../../faults/journeys/draw-journey.ts";
import { INCIDENT_KINDS } from "../../faults/journeys/incidents.ts";

const SEEDS = Array.from({ length: 200 }, (_, k) => k + 1).filter(isJourney);
const incidents = SEEDS.flatMap((seed) => drawJourney(seed).legs.flatMap(({ incident }) => incident ?? []));

test("a journey is a function of its seed", () => {
  for (const seed of SEEDS) expect(drawJourney(seed)).toEqual(drawJourney(seed));
  expect(drawJourney(16)).not.toEqual(drawJourney(52));
});

test("CI's journeys hold every kind of incident at least five times", () => {
  for (const kind of INCIDENT_KINDS)
    expect(incidents.filter((each) => each.kind === kind).length, kind).toBeGreaterThanOrEqual(5);
});

test("they damage each file of a folder in each way, none twice at a time", () => {
  const damages = incidents.flatMap((each) => (each.kind === "folder damaged" ? each.damages : []));
  const pairs = new Set(damages.map(({ file, way }) => `${file} ${way}`));
  expect(pairs.size).toBe(Object.keys(FILES).length * Object.keys(WAYS).length);
  for (let nth = 0; nth < 16; nth++) {
    const files = nthDamages(nth).map(({ file }) => file);
    expect(new Set(files).size).toBe(files.length);
  }
});

test("the last run of a journey is undisturbed", () => {
  for (const seed of SEEDS) expect(drawJourney(seed).legs.at(-1)?.incident).toBeUndefined();
});

test("what a damage must lead to depends on the file, the way, and on whether the engine has logs", () => {
  expect(outcomeOf({ file: "job.json", way: "flipped" }, "serial")).toBe("named");
  expect(outcomeOf({ file: "chunk", way: "flipped" }, "serial")).toBe("passed over");
  expect(outcomeOf({ file: "chunk", way: "FIFO" }, "local")).toBe("fails");
  expect(["local", "threads"].map((engine) => outcomeOf({ file: "log", way: "link" }, engine))).toEqual([
    "named",
    "passed over",
  ]);
});
