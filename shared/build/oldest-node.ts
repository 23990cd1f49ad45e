/**
 * The oldest Node that runs the npm package: it imports a user's TypeScript without a flag. A checkout brings a Node of its own.
 * https://nodejs.org/en/blog/release/v22.18.0
 */
export const OLDEST_NODE = "22.18";
