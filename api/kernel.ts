/** `manyhands/kernel`: what the file of a kernel or of a task imports. */
import { kernel as declaredKernel, task as declaredTask } from "../shared/kernels/authoring.ts";
import { rememberFile } from "./called-in.ts";

export type {
  ChoiceInputSource,
  ChunkArray,
  Dtype,
  FillTools,
  FlagInputSource,
  InputSource,
  InputValue,
  Json,
  KernelSource,
  NamedValueSource,
  NumberInputSource,
  PointTools,
  TaskSource,
  TaskTools,
  ValueSource,
} from "../shared/kernels/authoring.ts";

/**
 * Declares a kernel, a function over a grid: pure, which is to say that a cell's values follow from its inputs and its random numbers alone.
 * It notes which file called it: `run` of the library builds workers from that file.
 * @example
 * export default kernel({
 *   about: "the height of a thrown ball",
 *   inputs: { time: { unit: "s", from: 0, to: 2 }, speed: { unit: "m/s", default: 10 } },
 *   value: { name: "height", unit: "m" },
 *   point: ({ time, speed }) => speed * time - 4.905 * time ** 2,
 * });
 */
export const kernel = ((source: never) =>
  rememberFile(declaredKernel(source), kernel)) as typeof declaredKernel;

/**
 * Declares a task, a function over a list of JSON items, for `map` of the library and of the command. It may use the network and Node's
 * modules. It notes which file called it.
 * @example
 * export default task({
 *   about: "size of a page",
 *   task: async (url: string, { signal }) => (await (await fetch(url, { signal })).text()).length,
 * });
 */
export const task = ((source: never) => rememberFile(declaredTask(source), task)) as typeof declaredTask;
