import { assertEquals, assertRejects } from "@std/assert";
import { stdioConnection } from "./stdio.ts";

/** Starts the echo over stdio. */
function spawn(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", new URL("./testdata/stdio_echo.ts", import.meta.url).href, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("stdio: is a connection over standard input and output", async () => {
  const child = spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("hello"));
  await writer.close();
  const { stdout, stderr, success } = await child.output();
  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals([new TextDecoder().decode(stdout), success], ["hello", true]);
});

Deno.test("close() ends a waiting read of stdio:", async () => {
  const child = spawn("close");
  const { stderr, success } = await child.output();
  assertEquals([new TextDecoder().decode(stderr), success], ["Interrupted\n", true]);
  await child.stdin.close();
});

Deno.test("stdio: half-closes, and close() ends whatever waits", async () => {
  const calls: string[] = [];
  const never = new Promise<never>(() => {});
  const connection = stdioConnection(
    { read: () => never, close: () => calls.push("input closed") },
    { write: () => never, close: () => calls.push("output closed") },
  );
  const reading = connection.read(new Uint8Array(1)), writing = connection.write(new Uint8Array(1));
  await connection.closeWrite();
  assertEquals(calls, ["output closed"]);
  connection.close();
  connection.close();
  assertEquals(calls, ["output closed", "input closed"]);
  await assertRejects(() => reading, Deno.errors.Interrupted);
  await assertRejects(() => writing, Deno.errors.Interrupted);
  assertEquals([connection.local, connection.remote], ["stdio:", "stdio:"]);
});
