// The least program that no startup snapshot can hold, see snapshot.ts.
require("node:http");
