import { assert } from "@std/assert";
import { connect, listen } from "../transport/mod.ts";
import { afterPoll } from "./after_poll.ts";

Deno.test("whoever goes on after it sees at once what has come on a connection", async () => {
  await using listener = await listen("tcp://127.0.0.1:0");
  const [client, server] = await Promise.all([connect(listener.endpoint), listener.accept()]);
  let come = false;
  const reading = server?.read(new Uint8Array(1)).then(() => come = true);
  await client.write(new Uint8Array(1));
  let steps = 0;
  for (; !come && steps < 1000; steps++) await new Promise<void>((resolve) => afterPoll(resolve));
  // With setImmediate it is 62.
  assert(steps <= 5, `it was seen after ${steps} steps`);
  await reading;
  client.close();
  server?.close();
});
