/** Conditional writes: what a worker does where a chunk's object is there already. */
import { gzipSync } from "node:zlib";
import { crc32c } from "../../shared/array/crc32c.ts";
import { arraysOf } from "../../shared/array/spec.ts";
import { bytesOf, encodeChunk } from "../../shared/array/zarr-array.ts";
import type { Check } from "./check.ts";
import { expectAcknowledged, expectDone, SMALL } from "./chunk-checks.ts";
import { expectThat } from "./failed-check.ts";

export const storeChecks: readonly Check[] = [
  {
    name: "conditional-put",
    about: "an object with the same values: left as it is, whatever its bytes, and its size reported",
    run: async (bench) => {
      const job = await bench.job({ ...SMALL, codec: "gzip" });
      const [key = ""] = job.keys(0);
      const packed = gzipSync(bytesOf(job.values(0)[0]!), { level: 0 }); // no worker's level
      const checksum = Buffer.alloc(4);
      checksum.writeUInt32LE(crc32c(packed));
      const others = Buffer.concat([packed, checksum]);
      await bench.store.put(key, others);
      await expectDone(await bench.give(job.message([0])), job, [0]);
      const isLeft = Buffer.compare((await bench.store.get(key)) ?? Buffer.alloc(0), others) === 0;
      expectThat(isLeft, `${key} to be left as it was`, "other bytes");
    },
  },
  {
    name: "other-values",
    about: "an object with other values: left as it is, and a final, disputed failure",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      const [key = ""] = job.keys(0);
      const values = job.values(0)[0]!.slice();
      values[3]! += 1;
      const others = encodeChunk(arraysOf(job.job.spec)[0]!, 0, values);
      await bench.store.put(key, others);
      const seen = await bench.give(job.message([0]));
      expectAcknowledged(seen);
      const isLeft = Buffer.compare((await bench.store.get(key)) ?? Buffer.alloc(0), others) === 0;
      expectThat(isLeft, `${key} to be left as it was`, "other bytes");
      const failures = seen.reports.flatMap((report) => report.failures);
      const isRight = failures.length === 1 && failures[0]!.final && failures[0]!.disputed;
      expectThat(isRight, "one failure, final and disputed", JSON.stringify(failures));
    },
  },
  {
    name: "corrupt-object",
    about: "an object that is no whole chunk: replaced",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      await bench.store.put(job.keys(0)[0] ?? "", Buffer.from("truncated"));
      await expectDone(await bench.give(job.message([0])), job, [0]);
    },
  },
];
