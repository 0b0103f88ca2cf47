/**
 * The program `nonstick`; see `nonstick --help`.
 * @module
 */
import { runClient } from "./program.ts";

if (import.meta.main) Deno.exit(await runClient(Deno.args));
