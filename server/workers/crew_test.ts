import { assertEquals, assertMatch } from "@std/assert";
import { LocalChat } from "../chat/local_chat.ts";
import { Doorkeeper } from "../doorkeeper.ts";
import { Log } from "../log.ts";
import { watchSignals } from "../signals.ts";
import { untilEnd } from "../until_end.ts";
import { Crew } from "./crew.ts";

Deno.test("a worker that fails is told once, and ends the server as a fault", async () => {
  const lines: string[] = [];
  const log = new Log("text", "info", (line) => lines.push(line));
  const crew = new Crew({
    count: 3,
    door: new Doorkeeper({ allow: [], deny: [], mostPerSource: 1, exempt: [] }),
    chat: new LocalChat(),
    log,
    module: new URL("./testdata/failing_worker.ts", import.meta.url),
  });
  let stopping = 0;
  const ended = untilEnd(
    { servers: [crew], endpoints: [], crew, change: () => Promise.resolve() },
    watchSignals(() => Promise.resolve()),
    log,
    () => stopping++,
  );
  await crew.giveUp(new Set());
  assertEquals([crew.hasFailed, stopping, lines], [false, 0, []]);
  // The news of the fault and the answer come by different ways: whichever is first, or the answer never.
  await crew.counts().catch(() => {});
  assertEquals(await ended, false);
  assertEquals([crew.hasFailed, stopping], [true, 1]);
  assertEquals(lines.length, 3);
  assertMatch(lines[0] ?? "", / error worker-failed worker=\d message=".*a fault of ours"/);
  assertMatch(lines[1] ?? "", / info +draining why=worker-failed connections=0 ms=5000/);
  assertMatch(lines[2] ?? "", / info +stopped closed=/);
});
