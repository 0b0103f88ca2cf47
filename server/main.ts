/**
 * The program `nonstick-server`; see `nonstick-server --help`.
 * @module
 */
import { runServer } from "./program.ts";

if (import.meta.main) Deno.exit(await runServer(Deno.args));
