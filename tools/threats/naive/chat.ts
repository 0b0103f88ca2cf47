/**
 * The lesson "chat room": whatever one says, the others get. The first thing that is said is the name.
 * @module
 */

const members: Deno.Conn[] = [];

/** Hands on what somebody says for as long as they stay. */
export async function chat(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(65536);
  const heard = async () => {
    const read = await conn.read(buffer);
    return new TextDecoder().decode(buffer.subarray(0, read ?? 0));
  };
  const name = await heard();
  members.push(conn);
  await conn.write(new TextEncoder().encode(`welcome ${name}\n`));
  for (let text = await heard(); text !== ""; text = await heard()) {
    for (const member of members) {
      if (member !== conn) await member.write(new TextEncoder().encode(`${name}: ${text}\n`));
    }
  }
}
