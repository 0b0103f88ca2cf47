import { assert, assertEquals } from "@std/assert";
import type { Sent } from "../datagrams/volley.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import {
  answered,
  type AnswerScript,
  deliveryOf,
  fromStranger,
  isPlayOf,
  LOST,
  lost,
  RIGHT,
  rightly,
  scriptOf,
} from "./answer_script.ts";
import { smallerScript } from "./smaller_script.ts";

const text = (text: string) => new TextEncoder().encode(text);

function randomScript(random: RandomStream): AnswerScript {
  const asks = Array.from(
    { length: 1 + random.below(4) },
    () =>
      Array.from({ length: 1 + random.below(3) }, () => ({
        bytes: text("abcdefgh".slice(0, 1 + random.below(8))),
        socket: [0, 1, LOST, RIGHT][random.below(4)] ?? 0,
      })),
  );
  return { asks, silent: random.below(2) === 1 };
}

Deno.test("a script is the same again once it was a delivery", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  const random = new RandomStream(seed, "scripts");
  for (let i = 0; i < 500; i++) {
    const script = randomScript(random);
    assertEquals(scriptOf(deliveryOf(script, "datagram")), script, `seed ${seed}, script ${i}`);
  }
});

Deno.test("a script may have empty datagrams, and none at all", () => {
  const empty = { bytes: new Uint8Array(0), socket: 0 }, own = { bytes: text("own"), socket: 0 };
  for (const asks of [[], [[empty]], [[empty, own]], [[own, empty]], [[own], [empty]]]) {
    const script = { asks, silent: false };
    assertEquals(scriptOf(deliveryOf(script, "datagram")), script);
  }
});

Deno.test("a play is one of a script as far as the client asked, with what is right behind it", () => {
  const [a, b] = [text("a"), text("b")];
  const script = { asks: [lost(a), rightly(a), answered(b, a)], silent: false };
  const isPlay = (...asks: readonly (readonly Sent[])[]) =>
    isPlayOf(script, { asks, silent: false });
  assert(isPlay(lost(a), answered(text("any")), answered(b, a), answered(a)));
  assert(isPlay(lost(a)));
  assert(!isPlay(answered(a)), "the first answer was lost");
  assert(!isPlay(lost(b)), "another one was");
  assert(!isPlay(lost(a), fromStranger(a)), "strangers are never right");
  assert(!isPlay(lost(a), answered(a), answered(b)), "a datagram is missing");
  assert(
    !isPlay(lost(a), answered(a), answered(b, a), lost(a)),
    "behind the script nothing is lost",
  );
  assert(!isPlayOf(script, { asks: [lost(a)], silent: true }));
});

Deno.test("a failure is made small: the ask and the datagram that it takes", async () => {
  const own = (name: string) => ({ bytes: text(name), socket: 0 });
  const script = {
    asks: [[own("a")], [own("b"), own("bad"), own("c")], [own("d")]],
    silent: false,
  };
  const small = await smallerScript(deliveryOf(script, "datagram"), "datagram", {
    hasTime: () => true,
    stillFails: (candidate) =>
      Promise.resolve(new TextDecoder().decode(candidate.stimulus.bytes).includes("bad")),
  });
  assertEquals(scriptOf(small).asks, [[own("bad")]]);
});
