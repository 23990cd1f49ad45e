/** `npm run build:package`: makes the npm package and says how large it is. */
import { relative } from "node:path";
import { makePackage } from "./make-package.ts";

const { tarball, packedBytes, unpackedBytes, files } = await makePackage();
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
console.log(
  `${relative(process.cwd(), tarball)}: ${megabytes(packedBytes)} packed, ${megabytes(unpackedBytes)} unpacked, ${files} files`,
);
