/**
 * Tells systemd that the server listens (sd_notify(3)), so that a unit of `Type=notify` counts as started only then. Without
 * `NOTIFY_SOCKET` nobody wants to know. It needs the power to write a file of its own beside others, so it comes before powers are
 * given up. What goes wrong is told and nothing else: whoever waits for the message gives up by itself.
 */
export async function notifyReady(tell: (warning: string) => void): Promise<void> {
  const manager = Deno.env.get("NOTIFY_SOCKET");
  if (manager === undefined || manager === "") return;
  try {
    await send(manager, "READY=1");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    tell(`WARNING: cannot tell ${manager} (NOTIFY_SOCKET) that the server listens: ${why}`);
  }
}

async function send(path: string, text: string): Promise<void> {
  // The runtime cannot send without an address of its own, and knows no abstract ones (`@…`).
  const folder = await Deno.makeTempDir();
  try {
    const channel = Deno.listenDatagram({ transport: "unixpacket", path: `${folder}/notify` });
    try {
      await channel.send(new TextEncoder().encode(text), { transport: "unixpacket", path });
    } finally {
      channel.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
