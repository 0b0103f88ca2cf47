/**
 * The program `nonstick-server`; see `nonstick-server --help`.
 * @module
 */
import { environmentOf } from "../cli/environment.ts";
import { runServer } from "./program.ts";

if (import.meta.main) Deno.exit(await runServer(Deno.args, environmentOf("nonstick-server")));
