import { FRAGMENT_HEADER_LENGTH, fragmentMessage } from "../../protocol/framing/mod.ts";
import { MAX_DATAGRAM_PAYLOAD } from "../../protocol/transport/mod.ts";
import { faultyVolleys } from "../datagrams/fragment_faults.ts";
import { orderAt, orderCount } from "../datagrams/orders.ts";
import { unfinishedFragments } from "../datagrams/unfinished_fragments.ts";
import type { Sent } from "../datagrams/volley.ts";
import { chained, type Deliveries, these } from "../strategy/deliveries.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { answered, deliveryOf, fromStranger, lost, rightly } from "./answer_script.ts";
import { answerDatagrams, otherAnswer } from "./answer_datagrams.ts";
import { type ClientPlan, type ClientScene, notHere } from "./client_plan.ts";

/** Most datagrams of which all orders are tried, and most asks of which all losses are. */
const ORDERED = 6, LOST = 5;
/** Answers that are doubled, or preceded by others, one at a time. */
const SEVERAL = 4;
/** What passes everywhere, on every IPv6 network, on every Ethernet with IPv4; and the most. */
const LENGTHS = [508, 1232, 1472, MAX_DATAGRAM_PAYLOAD];
/** Messages that are begun and never finished. */
const UNFINISHED = 40;
/** Bits of an answer that are flipped, where it has no header. */
const BITS = 64;
/** Longest fragment of a long answer. */
const MAX_DATAGRAM = 1232;

/** What each case of section 12 does to a client, by its id. */
export const CLIENT_SECTION_12: Readonly<Record<string, (scene: ClientScene) => ClientPlan>> = {
  "12.1": () => ({ kind: "asked" }),
  "12.2": orders,
  "12.3": duplicates,
  "12.4": losses,
  "12.5": truncations,
  "12.6": empties,
  "12.7": longest,
  "12.8": (scene) => scene.framing === "fragment" ? faults(scene) : fragmentsOnly(),
  "12.9": (scene) => scene.framing === "fragment" ? unfinished(scene) : fragmentsOnly(),
  "12.10": strangers,
  "12.11": stale,
  "12.12": bitErrors,
  "12.13": joined,
};

function fragmentsOnly(): ClientPlan {
  return notHere("only where messages are put together from fragments (--framing fragment)");
}

function scripts(
  { framing }: ClientScene,
  made: readonly (readonly (readonly Sent[])[])[],
  covers?: string,
): ClientPlan {
  const all = these(made.map((asks) => deliveryOf({ asks, silent: false }, framing)));
  return { kind: "scripts", scripts: all, ...(covers === undefined ? {} : { covers }) };
}

/** The answer to ask `index` of the control. */
function answerTo({ control }: ClientScene, index = 0): Uint8Array {
  return control.answers[index] ?? new Uint8Array(0);
}

/** An answer as the client gets it, in a message of its own. */
function datagramsOf(
  { framing, messages }: ClientScene,
  answer: Uint8Array,
  count = 2,
  messageId = messages.id(),
): Uint8Array[] {
  return answerDatagrams(answer, { framing, count, messageId });
}

/** The first asks, each answered as it should be. */
function before(scene: ClientScene, index: number): Sent[][] {
  return Array.from(
    { length: index },
    (_, i) => rightly(answerTo(scene, i)),
  );
}

function orders(scene: ClientScene): ClientPlan {
  const { control, framing } = scene;
  if (framing === "fragment") {
    const sets = Array.from({ length: ORDERED }, (_, i): Deliveries => {
      const own = datagramsOf(scene, answerTo(scene), i + 1);
      return own.length !== i + 1
        ? these([])
        : ordersOf(own, (sent) => deliveryOf({ asks: [sent], silent: false }, framing));
    });
    const all = chained(sets);
    return { kind: "scripts", scripts: all, covers: "all orders of an answer of 1 to 6 fragments" };
  }
  const count = Math.min(control.atOnce, ORDERED);
  if (count < 2) return notHere("it asks one thing, and waits for the answer before the next one");
  const answers = control.answers.slice(0, count);
  // The answers are held back until it has asked everything.
  const held = answers.slice(0, -1).map((answer) => lost(answer));
  const all = ordersOf(
    answers,
    (sent) => deliveryOf({ asks: [...held, sent], silent: false }, framing),
  );
  return { kind: "scripts", scripts: all, covers: `all orders of ${count} answers` };
}

/** One delivery of the datagrams in each order. */
function ordersOf(
  datagrams: readonly Uint8Array[],
  make: (sent: Sent[]) => Delivery,
): Deliveries {
  const { length } = datagrams;
  return {
    count: orderCount(length),
    at: (index) => make(answered(...orderAt(length, index).flatMap((i) => datagrams[i] ?? []))),
  };
}

function duplicates(scene: ClientScene): ClientPlan {
  const { control, framing } = scene;
  const made: Sent[][][] = [];
  if (framing === "fragment") {
    const count = datagramsOf(scene, answerTo(scene), 3).length;
    for (let i = 0; i < count; i++) {
      for (let behind = i; behind < count; behind++) {
        const own = datagramsOf(scene, answerTo(scene), 3);
        const again = own[i] ?? new Uint8Array(0);
        made.push([answered(...own.slice(0, behind + 1), again, ...own.slice(behind + 1))]);
      }
    }
  }
  for (let i = 0; i < Math.min(control.answers.length, SEVERAL); i++) {
    const own = datagramsOf(scene, answerTo(scene, i));
    made.push([...before(scene, i), answered(...own, ...own)]);
  }
  // All of them.
  made.push(
    control.answers.slice(0, SEVERAL).map((answer) => {
      const own = datagramsOf(scene, answer);
      return answered(...own, ...own);
    }),
  );
  return scripts(scene, made, "each answer twice");
}

function losses(scene: ClientScene): ClientPlan {
  const { control, framing } = scene;
  const count = Math.min(control.answers.length + 1, LOST);
  const last = control.answers.length - 1;
  const own = (ask: number) => datagramsOf(scene, answerTo(scene, Math.min(ask, last)));
  const made = Array.from({ length: 2 ** count - 1 }, (_, i) => {
    const mask = i + 1;
    const asks = Array.from(
      { length: Math.floor(Math.log2(mask)) + 1 },
      (_, ask) => (mask >> ask) & 1 ? lost(...own(ask)) : rightly(...own(ask)),
    );
    return deliveryOf({ asks, silent: false }, framing);
  });
  // It comes only when it is asked for again, and then twice.
  const late = deliveryOf(
    { asks: [lost(...own(0)), answered(...own(0), ...own(0))], silent: false },
    framing,
  );
  const never = deliveryOf({ asks: [lost(...own(0))], silent: true }, framing);
  return {
    kind: "scripts",
    scripts: these([never, ...made, late]),
    covers: `every loss among the answers to the first ${count} asks, and the loss of all for ever`,
  };
}

function truncations(scene: ClientScene): ClientPlan {
  const { framing, isVerbatim, messages } = scene;
  const answer = answerTo(scene);
  const header = Array.from({ length: FRAGMENT_HEADER_LENGTH + 1 }, (_, i) => i + 1);
  if (framing === "fragment") {
    const lengths = [0, ...header, ...LENGTHS];
    const made = lengths.flatMap((length) => {
      const [first = answer, ...rest] = datagramsOf(scene, answer);
      return length < first.length ? [[answered(first.subarray(0, length), ...rest)]] : [];
    });
    return scripts(scene, made, "a fragment of the answer cut off behind each byte of its header");
  }
  const cut = [...header, ...LENGTHS].filter((length) => length < answer.length)
    .map((length) => [answered(answer.subarray(0, length))]);
  const long = isVerbatim ? takenLengths(scene, LENGTHS) : [];
  return scripts(
    scene,
    [...cut, ...long.map((length) => [answered(messages.text(length))])],
    `an answer cut off at ${cut.length} lengths, and answers of ${long.join() || "no other"} bytes`,
  );
}

/** Of lengths, those that the client has to take. */
function takenLengths({ maxFrame = Infinity }: ClientScene, lengths: readonly number[]): number[] {
  return lengths.filter((length) => length <= maxFrame);
}

function empties(scene: ClientScene): ClientPlan {
  const empty = new Uint8Array(0);
  const own = datagramsOf(scene, answerTo(scene));
  return scripts(scene, [[answered(empty)], [answered(empty, ...own)], [answered(...own, empty)]]);
}

function longest(scene: ClientScene): ClientPlan {
  const { framing, isVerbatim, maxFrame, messages } = scene;
  if (!isVerbatim) {
    return notHere("it does not print its answers as they come: what it took cannot be told");
  }
  const most = Math.min(maxFrame ?? MAX_DATAGRAM_PAYLOAD, MAX_DATAGRAM_PAYLOAD);
  const over = framing === "fragment" || most < MAX_DATAGRAM_PAYLOAD ? [most + 1] : [];
  const made = [most, most - 1, ...over].map((length) => {
    const message = messages.text(length);
    return [answered(
      ...(framing === "datagram" ? [message] : fragmentMessage(message, {
        messageId: messages.id() >> 1n,
        maxDatagram: MAX_DATAGRAM,
      })),
    )];
  });
  return scripts(scene, made);
}

function faults(scene: ClientScene): ClientPlan {
  const answer = answerTo(scene);
  const made = faultyVolleys({ fragments: (count) => datagramsOf(scene, answer, count) })
    .filter((datagrams) => datagrams.length > 0);
  if (made.length === 0) return notHere("its answer is too short for three fragments");
  return scripts(
    scene,
    made.map((datagrams) => [answered(...datagrams)]),
    "fragments that are missing, overlap, contradict, or are out of range",
  );
}

function unfinished(scene: ClientScene): ClientPlan {
  const first = () => {
    const [datagram = new Uint8Array(0)] = scene.messages.fragments(2);
    new DataView(datagram.buffer).setUint8(0, 0);
    return datagram;
  };
  const others = Array.from({ length: UNFINISHED }, first);
  const own = datagramsOf(scene, answerTo(scene));
  const behind = scripts(scene, [[answered(...others, ...own)]]);
  if (behind.kind !== "scripts") return behind;
  return { ...behind, unfinished: () => unfinishedFragments(scene.messages) };
}

function strangers(scene: ClientScene): ClientPlan {
  const answer = answerTo(scene);
  const id = scene.messages.id();
  const own = datagramsOf(scene, answer, 2, id);
  const other = datagramsOf(scene, otherAnswer(answer), 2, id);
  return scripts(scene, [
    [[...fromStranger(...other), ...answered(...own)]],
    [fromStranger(...own)],
    [fromStranger(...other)],
    [[...fromStranger(...other, ...other), ...answered(...own)]],
    ...(own.length > 1
      ? [[[...answered(...own.slice(0, 1)), ...fromStranger(...own.slice(1))]]]
      : []),
  ]);
}

function stale(scene: ClientScene): ClientPlan {
  const { control, framing } = scene;
  const made: Sent[][][] = [];
  for (let i = 1; i < Math.min(control.answers.length, SEVERAL); i++) {
    const earlier = datagramsOf(scene, answerTo(scene, i - 1));
    const own = datagramsOf(scene, answerTo(scene, i));
    made.push([...before(scene, i), answered(...earlier, ...own)]);
  }
  if (framing === "fragment") {
    const half = datagramsOf(scene, otherAnswer(answerTo(scene)));
    const own = datagramsOf(scene, answerTo(scene));
    made.push([answered(...half.slice(0, 1), ...own)], [answered(...half.slice(1), ...own)]);
  }
  if (made.length === 0) return notHere("it asks only once, so no answer can be an earlier one's");
  return scripts(scene, made);
}

function bitErrors(scene: ClientScene): ClientPlan {
  const answer = answerTo(scene);
  const isFragments = scene.framing === "fragment";
  const bits = isFragments ? 8 * FRAGMENT_HEADER_LENGTH : Math.min(BITS, 8 * answer.length);
  if (bits === 0) return notHere("its answer is empty");
  const made = Array.from({ length: bits }, (_, bit) => {
    const [first = new Uint8Array(0), ...rest] = datagramsOf(scene, answer);
    const damaged = first.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ 1 << (bit & 7);
    return [answered(damaged, ...rest)];
  });
  const of = isFragments ? "the header of a fragment" : `the first ${bits / 8} bytes of the answer`;
  return scripts(scene, made, `all ${bits} flips of one bit of ${of}`);
}

function joined(scene: ClientScene): ClientPlan {
  const { framing, isVerbatim, control } = scene;
  const join = (...parts: readonly Uint8Array[]) =>
    Uint8Array.from(parts.flatMap((one) => [...one]));
  const own = datagramsOf(scene, answerTo(scene));
  if (framing === "fragment") {
    return own.length < 2
      ? notHere("its answer is too short for two fragments")
      : scripts(scene, [[answered(join(...own))]]);
  }
  if (!isVerbatim && control.answers.length < 2) {
    return notHere("it does not print its answers as they come: what it took cannot be told");
  }
  const next = scene.messages.text(24);
  const marks = ["", "\n", ",", " "].map((mark) => new TextEncoder().encode(mark));
  return scripts(scene, marks.map((mark) => [answered(join(answerTo(scene), mark, next))]));
}
