import { completionsCommand } from "../cli/completions/mod.ts";
import type { Manual } from "../cli/manual.ts";
import { CERT_PAGE } from "./cert/cert_command.ts";
import { PAGE } from "./options.ts";

/** What is to be known of `nonstick-server`: variables, config files, completions and the man page come from this. */
export const MANUAL: Manual = {
  name: "nonstick-server",
  summary: "serve echo, files, programs and chat over TCP, TLS and Unix sockets",
  page: PAGE,
  commands: [
    { name: "cert", summary: "make a certificate that signs itself", page: CERT_PAGE },
    completionsCommand("nonstick-server"),
  ],
};
