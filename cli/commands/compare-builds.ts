import * as v from "valibot";
import { type DeployedBuild, DeployedBuildSchema } from "../../shared/build/of-stages.ts";
import type { Found } from "./finding.ts";

/** Versions are for people; whether a deployment computes as this checkout does, hashes tell. */
export function compareBuilds(version: string, deployed: string | undefined, here: DeployedBuild): Found {
  const deploy = "Deploy this version with `npx cdk deploy`, or use the client of the deployed one.";
  if (version !== here.version)
    return { state: "warning", text: `${version} is deployed, ${here.version} is here`, advice: deploy };
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), DeployedBuildSchema), deployed);
  if (!parsed.success) {
    return {
      state: "warning",
      text: `${version}, as here, but it does not say of which sources`,
      advice: deploy,
    };
  }
  const { kernels, stages } = parsed.output;
  const names = [...new Set([...Object.keys(kernels), ...Object.keys(here.kernels)])];
  const others = names.filter((name) => kernels[name] !== here.kernels[name]);
  if (others.length > 0) {
    return {
      state: "warning",
      text: `${version}, as here, but with other sources of ${others.length > 1 ? "kernels" : "kernel"} ${others.sort().join(", ")}`,
      advice: `Values may differ from those computed here. ${deploy}`,
    };
  }
  if (stages === here.stages) return { state: "ok", text: `${version}, of the same sources as here` };
  return {
    state: "warning",
    text: `${version} with the kernels as here, but other sources of its functions`,
    advice: deploy,
  };
}
