import { kernel } from "manyhands/kernel";

/** Its last chunk throws. */
export default kernel({
  inputs: { y: { from: 0, to: 9 }, x: { from: 0, to: 9 } },
  value: { name: "product" },
  point({ y, x }) {
    if (y > 8 && x > 8) throw new RangeError("poison");
    return x * y;
  },
});
