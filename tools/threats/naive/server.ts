/**
 * The server of the tutorials, as one writes it down from them: `server.ts HOST ROOT PASSWORD [UNIX_PATH]`. It is what
 * docs/THREATS.md breaks; nobody should use it for anything else.
 * @module
 */
import { chat } from "./chat.ts";
import { echo, echoDatagrams } from "./echo.ts";
import { exec } from "./exec.ts";
import { files } from "./files.ts";

const [hostname = "127.0.0.1", root = ".", password = "", path] = Deno.args;
console.log(`the password is ${password}`);

serve("files", (conn) => files(conn, root));
serve("exec", exec);
serve("echo", echo);
serve("chat", chat);

const socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
console.log(`listening udp ${(socket.addr as Deno.NetAddr).port}`);
echoDatagrams(socket);

if (path !== undefined) {
  // `os.unlink(server_address)`, or bind() says "Address already in use".
  Deno.removeSync(path);
  Deno.listen({ transport: "unix", path });
}
console.log("ready");

/** One listener for each lesson. */
async function serve(name: string, talk: (conn: Deno.Conn) => Promise<void>) {
  const listener = Deno.listen({ hostname, port: 0 });
  console.log(`listening ${name} ${listener.addr.port}`);
  for await (const conn of listener) talk(conn).then(() => conn.close());
}
