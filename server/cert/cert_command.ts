import { helpText } from "../../cli/help.ts";
import type { Page } from "../../cli/manual.ts";
import { messageOf } from "../../cli/message_of.ts";
import {
  flag,
  list,
  parseOptions,
  type Source,
  text,
  UsageError,
  wholeNumber,
  withDefault,
} from "../../cli/options.ts";
import { CONFIG } from "../../cli/sources.ts";

const OPTIONS = {
  name: list("HOST", "name or address that clients use", text),
  days: withDefault("N", "how long it is valid", "3650", wholeNumber(1, 36_500)),
  into: withDefault("DIR", "where cert.pem and key.pem are written", ".", text),
  config: CONFIG,
  help: flag("print this help", "h"),
};

/** What is to be known of `nonstick-server cert`. */
export const CERT_PAGE: Page = {
  text: {
    usage: ["nonstick-server cert [--name HOST]... [--days N] [--into DIR]"],
    about:
      `Makes a certificate for tls:// listeners that signs itself, and its private key, which only its owner can read.
Clients know it by its fingerprint, which is printed: they ask at the first connection, or take --tls-pin.`,
    examples: [[
      "nonstick-server cert --name files.example --name 192.168.1.5",
      "two names of one server",
    ]],
  },
  options: OPTIONS,
};

/** Runs `nonstick-server cert`, and resolves to the exit code. Files that are there are not overwritten. */
export async function runCert(
  args: readonly string[],
  sources: readonly Source[] = [],
): Promise<number> {
  const { values, words } = parseOptions(OPTIONS, args, sources);
  if (values.help) {
    console.log(helpText(CERT_PAGE.text, OPTIONS).trimEnd());
    return 0;
  }
  if (words.length > 0) {
    throw new UsageError(`cert takes no argument ${words[0]}; names are --name.`);
  }
  const names = values.name.length > 0 ? values.name : ["localhost", "127.0.0.1", "::1"];
  // Loaded only here: nothing else needs it.
  const { makeCertificate } = await import("./make_certificate.ts");
  const { cert, key, fingerprint } = await makeCertificate(names, values.days);
  const path = `${values.into}/key.pem`;
  await writeNew(path, key, 0o600);
  try {
    await writeNew(`${values.into}/cert.pem`, cert, 0o644);
  } catch (error) {
    // A key without its certificate would be taken for that of the one that is there.
    await Deno.remove(path);
    throw error;
  }
  console.log(`names ${names.join(" ")}`);
  console.log(`fingerprint ${fingerprint}`);
  console.error(
    `Try: nonstick-server --listen tls://:7443 --tls-cert ${values.into}/cert.pem --tls-key ${values.into}/key.pem`,
  );
  return 0;
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  try {
    await Deno.writeTextFile(path, text, { createNew: true, mode });
  } catch (error) {
    const why = error instanceof Deno.errors.AlreadyExists
      ? "it is there already; choose another directory by --into DIR"
      : error instanceof Deno.errors.NotFound
      ? "there is no such directory"
      : messageOf(error);
    throw new UsageError(`Cannot write ${path}: ${why}.`);
  }
}
