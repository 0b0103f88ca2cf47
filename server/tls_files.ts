import { messageOf } from "../cli/message_of.ts";
import { printable } from "../cli/printable.ts";
import { UsageError } from "../cli/options.ts";
import { warnIfReadable } from "../cli/secret_file.ts";
import { isEncrypted } from "../protocol/transport/mod.ts";
import type { Plan } from "./listener_plan.ts";
import type { ServerSettings } from "./options.ts";
import type { ServerOptions } from "./server.ts";

/** A file named on the command line cannot be read. */
export class UnreadableFileError extends Error {}

/**
 * Reads certificate and key; null when no listener needs them.
 *
 * @throws {UsageError} if an option is missing.
 * @throws {UnreadableFileError} if a file cannot be read.
 */
export async function readTls(
  settings: ServerSettings,
  plans: readonly Plan[],
): Promise<ServerOptions["tls"] | null> {
  const ca = settings["tls-client-ca"];
  const cert = settings["tls-cert"], key = settings["tls-key"];
  if (cert === undefined && key === undefined) {
    if (ca !== undefined) throw new UsageError("--tls-client-ca needs --tls-cert and --tls-key.");
    const one = plans.find(({ endpoint }) => isEncrypted(endpoint));
    if (one === undefined) return null;
    const { scheme } = one.endpoint;
    throw new UsageError(`A ${scheme}:// listener needs --tls-cert FILE and --tls-key FILE.`);
  }
  if (cert === undefined || key === undefined) {
    throw new UsageError("--tls-cert FILE and --tls-key FILE go together; one of them is missing.");
  }
  // Whoever names them believes to be protected by them.
  if (!plans.some(({ endpoint }) => isEncrypted(endpoint))) {
    const idle = ca === undefined ? "--tls-cert" : "--tls-client-ca";
    throw new UsageError(
      `${idle} protects no listener here: write tls:// in --listen, not tcp://.`,
    );
  }
  await warnIfReadable("--tls-key", key, (text) => console.error(printable(text)));
  return {
    cert: await readFile("--tls-cert", cert),
    key: await readFile("--tls-key", key),
    ...(ca === undefined ? {} : { clientCa: [await readFile("--tls-client-ca", ca)] }),
  };
}

async function readFile(option: string, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new UnreadableFileError(
      `Cannot read the file of ${option}, ${path}: ${messageOf(error)}`,
    );
  }
}
