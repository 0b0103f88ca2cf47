/**
 * Where the project is and what `deno.json` says of it. Nothing here imports `@std`: the task runner
 * has to work before it is known where that comes from.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** The absolute path of a file of the project. */
export function projectPath(file: string): string {
  return fileURLToPath(new URL(`../${file}`, import.meta.url));
}

/** The part of `deno.json` that the tools read. */
export interface Manifest {
  /** Version of the package. */
  readonly version: string;
  /** Entry points by their public name. */
  readonly exports: Readonly<Record<string, string>>;
  /** Where bare imports come from. */
  readonly imports: Readonly<Record<string, string>>;
}

/** Reads `deno.json`; throws a `TypeError` when a part that the tools need is not there. */
export function readManifest(): Manifest {
  const { version, exports, imports } = readJson("deno.json");
  if (typeof version !== "string") throw new TypeError('deno.json: "version" is no text');
  return { version, exports: texts("exports", exports), imports: texts("imports", imports) };
}

/** What the stand-ins' import map puts in place of each bare import, as a path beside the map. */
export function readStandInMap(): Readonly<Record<string, string>> {
  return texts("imports", readJson("tools/airgap/import_map.json").imports);
}

/** Reads a file of the project that holds a JSON object. */
export function readJson(file: string): Record<string, unknown> {
  const value: unknown = JSON.parse(Deno.readTextFileSync(projectPath(file)));
  if (!isRecord(value)) throw new TypeError(`${file} is no JSON object`);
  return value;
}

function texts(name: string, value: unknown): Record<string, string> {
  if (!isTextRecord(value)) throw new TypeError(`"${name}" is no object of texts`);
  return value;
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((text) => typeof text === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
