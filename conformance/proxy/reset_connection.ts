import type { Connection } from "../../protocol/transport/mod.ts";
import { sendReset } from "../player/send_reset.ts";

/**
 * Ends a connection with RST where that can be done: by the transport itself, or for TCP and TLS by the kernel, which
 * needs Linux and `--allow-ffi`. Elsewhere it is only closed.
 */
export function resetConnection(connection: Connection): void {
  if (connection.reset !== undefined) connection.reset();
  else {
    const { local, remote } = connection.addresses ?? {};
    if (local?.transport === "tcp" && remote?.transport === "tcp") {
      sendReset(local.port, remote.port);
    }
  }
  connection.close();
}
