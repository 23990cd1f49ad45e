/** The environment variables that say where a Redis is: its URL where no option does, and the password where the URL has none. */
export const REDIS_URL = "MANYHANDS_REDIS";
export const REDIS_PASSWORD = "REDIS_PASSWORD";
