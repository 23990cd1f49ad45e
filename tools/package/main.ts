/** `npm run build:package`: makes the npm packages and says how large they are. */
import { relative } from "node:path";
import { makeCreatePackage } from "./make-create-package.ts";
import { makePackage } from "./make-package.ts";

const size = (bytes: number) =>
  bytes < 1e4 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
for (const { tarball, packedBytes, unpackedBytes, files } of [await makePackage(), makeCreatePackage()])
  console.log(
    `${relative(process.cwd(), tarball)}: ${size(packedBytes)} packed, ${size(unpackedBytes)} unpacked, ${files} files`,
  );
