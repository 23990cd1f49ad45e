export const exp = (x: number): number => Math.exp(x);
export const log = (x: number): number => Math.log(x);
