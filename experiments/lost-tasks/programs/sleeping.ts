/** The task as manyhands takes it: an item is a task's number and the folder of its marks. */
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { task } from "manyhands/kernel";

export default task({
  task: async ({ number, folder }: { number: number; folder: string }) => {
    const mark = (kind: string) =>
      writeFileSync(`${folder}/${kind}/${number}.${process.pid}.${process.hrtime.bigint()}`, "");
    mark("began");
    await sleep(1000);
    mark("done");
    return number;
  },
});
