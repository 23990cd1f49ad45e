import { expect, test } from "vitest";
import { kernel } from "../../shared/kernels/authoring.ts";
import { testKernel } from "../helpers/kernels.ts";
import { Stages } from "../helpers/stages.ts";

test("a job of several values has a heatmap and a surface of each, and one timeline", async () => {
  const two = testKernel(
    kernel({
      name: "two",
      inputs: { y: { from: 0, to: 1 }, x: { from: 0, to: 1 } },
      values: { sum: {}, fine_product: {} },
      point: ({ y, x }) => ({ sum: y + x, fine_product: y * x }),
    }),
  );
  const stages = new Stages([two]);
  await stages.split({ kernel: "two", requestId: "j", points: [9, 9] });
  await stages.runToEnd();
  const pictures = [...stages.store.objects].filter(([key]) => key.endsWith(".png"));
  expect(pictures.map(([key]) => key)).toEqual([
    "jobs/j/heatmap-sum.png",
    "jobs/j/surface-sum.png",
    "jobs/j/heatmap-fine-product.png",
    "jobs/j/surface-fine-product.png",
    "jobs/j/timeline.png",
  ]);
  const [sum, , product] = pictures.map(([, png]) => png);
  expect(sum).not.toEqual(product);
});
