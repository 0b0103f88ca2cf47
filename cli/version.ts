import manifest from "../deno.json" with { type: "json" };

/** The version of the package and of all programs; `deno.json` is its one source. */
export const VERSION: string = manifest.version;
