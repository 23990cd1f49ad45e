/** The pattern of names that Zarr, NetCDF and xarray accept for a variable, and a store as part of a key. */
export const VARIABLE_NAME = "[a-z][a-z0-9_]{0,63}";

/**
 * The name of a kernel's value, or of an axis, as a variable.
 * @example variableName("escape time") // "escape_time"
 */
export const variableName = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
