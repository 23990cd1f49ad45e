export const MARKUP = "<img src=x onerror=alert(1)></script><script>alert(2)</script>";

/** A kernel with texts that a page must not obey. */
export const HOSTILE = `import { kernel } from "manyhands/kernel";
export default kernel({
  name: "hostile",
  about: ${JSON.stringify(MARKUP)},
  inputs: { x: { about: ${JSON.stringify(MARKUP)}, unit: "<b>s</b>", default: 0, from: 0, to: 9 } },
  value: { name: "v", about: ${JSON.stringify(MARKUP)}, unit: "<i>" },
  point: ({ x }) => { if (x > 7) throw new Error(${JSON.stringify(MARKUP)}); return x; },
});
`;
