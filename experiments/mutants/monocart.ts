/** For experiments/coverage: the package is installed here, with Stryker. */
export { CoverageReport } from "monocart-coverage-reports";
