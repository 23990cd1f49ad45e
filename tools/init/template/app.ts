import { App, Stack } from "aws-cdk-lib";
import { addClientOutputs, FanOut } from "manyhands/cdk";

class Grid extends Stack {
  // "all": it takes your kernels as you change them, without a new deployment. For a stack of your own: README.md says why.
  readonly fan = new FanOut(this, "Fan", { kernels: ["./spot.ts"], kernelUploads: "all" });
}

const grid = new Grid(new App(), "my-project");
addClientOutputs(grid, grid.fan); // by these, `manyhands --stack my-project` finds it
