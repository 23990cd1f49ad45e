/** An input's value as a job holds it fixed, or as a point of a list. */
export type InputValue = number | string | boolean;
