/**
 * The version of what runs a kernel's function: how inputs reach it, how its random numbers are seeded, which globals it
 * sees. Raise it with every change after which a kernel could give other bits: the hash of every kernel follows from it.
 */
export const DRIVER_VERSION = 1;
