/**
 * The program `nonstick-conformance`; see `nonstick-conformance --help`.
 * @module
 */
import { environmentOf } from "../cli/environment.ts";
import { runProgram } from "./program.ts";

if (import.meta.main) {
  Deno.exit(
    await runProgram(
      Deno.args,
      (text) => console.log(text),
      (text) => console.error(text),
      environmentOf("nonstick-conformance"),
    ),
  );
}
