/**
 * The lesson "ssh case": a command comes in, its output goes back.
 * @module
 */
import { writeFrame } from "./wire.ts";

/** `subprocess.Popen(command, shell=True, stdout=PIPE, stderr=PIPE)` */
export async function exec(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(1024);
  for (let read = await conn.read(buffer); read !== null; read = await conn.read(buffer)) {
    const command = new TextDecoder().decode(buffer.subarray(0, read));
    const { stdout } = await new Deno.Command("sh", { args: ["-c", command] }).output();
    await writeFrame(conn, stdout);
  }
}
