import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RunningServer, runProgram } from "../cli/testing.ts";
import { NativeClient } from "../protocol/native/mod.ts";
import { showEvent } from "./chat/show_event.ts";

Deno.test("chat: lines out and in, for people and for bots", async () => {
  await using server = await RunningServer.start(["--listen", "tcp://:0"], 1);
  const to = ["--to", server.urls[0] ?? ""];
  const other = await NativeClient.connect(server.urls[0] ?? "");
  const bob = await other.open("chat", { op: "join", room: "lobby", name: "bob" });
  const rooms = await runProgram("client", [...to, "chat"]);
  assertEquals(rooms.stdout, "lobby (1)\n");
  const plain = await runProgram(
    "client",
    [...to, "chat", "lobby", "--as", "ann"],
    "hi\n//x\n/who\n",
  );
  assertEquals(plain.code, 0, plain.stderr);
  for (const line of ["* you are in lobby with: bob, ann\n", "ann: hi\n", "ann: /x\n"]) {
    assertStringIncludes(plain.stdout, line);
  }
  const bot = await runProgram(
    "client",
    [...to, "--json", "chat", "lobby", "--as", "bot"],
    "/msg bob psst\n",
  );
  const events = bot.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(events[0].kind, "welcome");
  assert(events.some(({ kind, from, old }) => kind === "said" && from === "ann" && old === true));
  assert(
    events.some(({ kind, to, text }) => kind === "private" && to === "bob" && text === "psst"),
  );
  const taken = await runProgram("client", [...to, "chat", "lobby", "--as", "BOB"]);
  assertEquals(taken.code, 1);
  assertStringIncludes(taken.stderr, "The name BOB is too much like bob");
  const nameless = await runProgram("client", [...to, "chat", "lobby"]);
  assertEquals(nameless.code, 2);
  await bob.end();
  await other.end();
});

Deno.test("an event is shown on one line, and nothing of it reaches the terminal raw", () => {
  const evil = "a\x1b[2J\nb\u202e";
  const shown = "a\\u001b[2J\\u000ab\\u202e";
  const table = [
    [{ kind: "said", from: evil, text: evil }, `${shown}: ${shown}`],
    [{ kind: "joined", name: evil }, `* ${shown} is here`],
    [{ kind: "left", name: evil, why: evil }, `* ${shown} has left (${shown})`],
    [{ kind: "private", from: evil, to: "ann", text: evil }, `${shown} to you: ${shown}`],
    [{ kind: "who", members: [evil] }, `* here are: ${shown}`],
    [{ kind: evil, text: evil }, `* ${shown}`],
  ] as const;
  for (const [event, line] of table) assertEquals(showEvent(event, "room", "ann"), line);
});
