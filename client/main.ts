/**
 * The program `nonstick`; see `nonstick --help`.
 * @module
 */
import process from "node:process";
import { environmentOf } from "../cli/environment.ts";
import { runClient } from "./program.ts";

// What Deno's own modules use is nothing that a user could change (2.6: node:dns and punycode).
Object.assign(process, { noDeprecation: true });

if (import.meta.main) Deno.exit(await runClient(Deno.args, environmentOf("nonstick")));
