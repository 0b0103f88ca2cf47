import { type Connection, connectionOf } from "./connection.ts";
import { ListenError } from "./errors.ts";

/**
 * Listens on a Unix socket. A socket file that nobody listens on (its server was killed) is replaced; anything else at the
 * path is left alone.
 */
export async function listenUnix(
  path: string,
  text: string,
  mode: number,
): Promise<{ accept: () => Promise<Connection>; close: () => void }> {
  await removeStaleSocket(path, text);
  const listener = Deno.listen({ transport: "unix", path });
  try {
    // The runtime has no mode option; the file starts with what the umask leaves.
    if (Deno.build.os !== "windows") await Deno.chmod(path, mode);
  } catch (error) {
    listener.close();
    throw error;
  }
  return {
    accept: async () => connectionOf(await listener.accept()),
    close: () => listener.close(),
  };
}

/** Makes room for a socket at `path`, unless something else is there, somebody else's socket, or one that `isLive`. */
export async function removeStaleSocket(
  path: string,
  text: string,
  isLive: (path: string) => Promise<boolean> = isListenedOn,
): Promise<void> {
  const found = await Deno.lstat(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  if (found === null) return;
  if (found.isSocket !== true) {
    throw new ListenError(
      text,
      "in-use",
      "there is a file that is not a socket, choose another path",
    );
  }
  if (found.uid !== null && found.uid !== (ownUser() ?? found.uid)) {
    throw new ListenError(
      text,
      "in-use",
      "the socket there belongs to another user, remove it or choose another path",
    );
  }
  if (!await isLive(path)) return await Deno.remove(path);
  throw new ListenError(
    text,
    "in-use",
    "another server listens there, stop it or choose another path",
  );
}

async function isListenedOn(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}

/** Who we are; null where we may not know. */
function ownUser(): number | null {
  try {
    return Deno.uid();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}
