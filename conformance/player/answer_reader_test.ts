import { assert, assertEquals } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import { memoryPair } from "../../protocol/transport/mod.ts";
import { AnswerReader } from "./answer_reader.ts";

const now = () => performance.now();

/** Does not let anything else run for so long. */
function holdUp(ms: number): void {
  for (const until = now() + ms; now() < until;);
}

Deno.test("time in which we were held up is no silence of the target", async () => {
  const [ours, theirs] = memoryPair();
  const reader = new AnswerReader(ours, framing("u8"), now);
  // It answers in some turns of the event loop, whenever it gets them.
  let turns = 0;
  const answering = setInterval(() => {
    if (++turns < 12) holdUp(60);
    else {
      clearInterval(answering);
      void theirs.write(Uint8Array.of(1, 7));
    }
  });
  assert(await reader.until(1, 400));
  assertEquals(reader.answers, [Uint8Array.of(7)]);
  const began = now();
  assertEquals(await reader.until(2, 50), false);
  assert(now() - began >= 49, "silence is waited for");
  ours.close();
  theirs.close();
  await reader.done;
});
