/**
 * Somebody tries tokens (docs/THREATS.md, S15).
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { RunningServer } from "../cli/testing.ts";
import { NativeClient, RefusedError } from "../protocol/native/mod.ts";
import { connect } from "../protocol/transport/mod.ts";

const TOKEN = "correct horse battery staple";
/** Wrong tokens until a source has to wait: 5 s each, and 15 s hurt. */
const GUESSES = 4;

/** Connects with a token, and gives why that failed. */
async function tryToken(url: string, token: string): Promise<Error | null> {
  const connection = await connect(url);
  try {
    const client = await NativeClient.over(connection, { token: new TextEncoder().encode(token) });
    client.close();
    return null;
  } catch (error) {
    connection.close();
    assert(error instanceof Error);
    return error;
  }
}

Deno.test("a few wrong tokens, and even the right one has to wait; no token is told to anybody", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, TOKEN);
  try {
    await using server = await RunningServer.start([
      ...["--listen", "tcp://127.0.0.1:0", "--token-file", file],
      ...["--exempt", "none", "--log", "json"],
    ], 1);
    const url = server.urls[0] ?? "";
    assertEquals(await tryToken(url, TOKEN), null);
    const said: string[] = [];
    for (let i = 0; i < GUESSES; i++) {
      const error = await tryToken(url, `guess number ${i} of many`);
      assert(error instanceof RefusedError, String(error));
      said.push(error.message);
    }
    // They all get the same answer, whatever was right about them.
    assertEquals(new Set(said).size, 1);
    await assertRejects(async () => {
      throw await tryToken(url, TOKEN);
    });
    await server.logged(/"why":"penalty"/);
    server.kill("SIGTERM");
    const { stderr } = await server.ended();
    assertMatch(stderr, /"code":"auth"/);
    for (const secret of [TOKEN, "guess number"]) assert(!stderr.includes(secret), stderr);
  } finally {
    await Deno.remove(file);
  }
});
