// Loaded before a client: from a moment on (real epoch ms) its clock is off by a number of ms, as if a user had set it.
const at = Number(process.env.CLOCK_STEPPED_AT);
const by = Number(process.env.CLOCK_STEPPED_BY);
const RealDate = Date;

function now() {
  const real = RealDate.now();
  return real < at ? real : real + by;
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});
