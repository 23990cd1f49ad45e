/** A user's kernel that computes nothing: what a job of it takes is the pipeline's own. */
import { kernel } from "manyhands/kernel";

export default kernel({
  about: "ones",
  inputs: { y: { from: 0, to: 1, default: 0 }, x: { from: 0, to: 1, default: 0 } },
  value: { name: "ones", dtype: "uint16" },
  fill: (_inputs, out) => {
    out.fill(1);
  },
});
