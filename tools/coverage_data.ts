/**
 * What coverage is measured of, and where it is kept between the tests and the report.
 * @module
 */
import { projectPath } from "./project.ts";

/** The folder whose own tests are to reach nearly all of it. */
export const COVERED_FOLDER = "protocol";

/** Where V8's counts are kept. */
export const COVERAGE_DATA: string = projectPath("coverage");

/** Flags of `deno test` that keep them. */
export const coverageFlags: readonly string[] = [
  `--coverage=${COVERAGE_DATA}`,
  "--coverage-raw-data-only",
  "--clean",
];
