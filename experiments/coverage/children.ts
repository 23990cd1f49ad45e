// Only what the tests start: Vitest measures its own processes.
if (process.env.COVERAGE_OF_CHILDREN) process.env.NODE_V8_COVERAGE = process.env.COVERAGE_OF_CHILDREN;
