import { expect, test } from "vitest";
import { drawSpeedUps } from "../../../plots/speed-up.ts";
import { LINE } from "../../../plots/theme.ts";
import { Pixels } from "../../helpers/pictures.ts";

const measured = [1, 2, 4, 8].map((workers) => ({ workers, speedUp: workers ** 0.5 }));

test("each measured point and each law is drawn in its colour", () => {
  const bare = new Pixels(drawSpeedUps({ title: "job", measured, laws: [] }));
  const laws = [
    { name: "Amdahl", at: (workers: number) => 1 / (0.2 + 0.8 / workers) },
    { name: "Gustafson", at: (workers: number) => 0.8 * workers + 0.2 },
  ];
  const picture = new Pixels(drawSpeedUps({ title: "job", measured, laws }));
  expect(picture.count(LINE)).toBeGreaterThan(4 * 20);
  for (const colour of [0xd62728, 0x2ca02c]) {
    expect(bare.count(colour)).toBe(0);
    expect(picture.count(colour)).toBeGreaterThan(50);
  }
});

test("one width alone is a point", () => {
  const one = [{ workers: 2, speedUp: 2 }];
  expect(new Pixels(drawSpeedUps({ title: "job", measured: one, laws: [] })).count(LINE)).toBeGreaterThan(10);
});

test("a simulation goes on beyond what was measured, in a colour of its own", () => {
  const points = (speedUp: number) => [20, 200, 2000].map((workers) => ({ workers, speedUp }));
  const models = [
    { name: "here", points: points(1) },
    { name: "there", points: points(50) },
  ];
  const picture = new Pixels(drawSpeedUps({ title: "job", measured, laws: [], models }));
  for (const colour of [0xff7f0e, 0x8c564b]) expect(picture.count(colour)).toBeGreaterThan(50);
  expect(picture.count(LINE)).toBeGreaterThan(4 * 20);
});
