import { FRAGMENT_HEADER_LENGTH, fragmentMessage } from "../../protocol/framing/mod.ts";
import { MAX_DATAGRAM_PAYLOAD } from "../../protocol/transport/mod.ts";
import { chained, type Deliveries, these } from "../strategy/deliveries.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { type DatagramPlan, type DatagramScene, notHere } from "./datagram_plan.ts";
import { ROUNDS } from "./flood.ts";
import { faultyVolleys } from "./fragment_faults.ts";
import { from, Messages } from "./messages.ts";
import { chosen, orderAt, orderCount } from "./orders.ts";
import { UNFINISHED, unfinishedFragments } from "./unfinished_fragments.ts";
import { type Sent, volley } from "./volley.ts";

/** Most datagrams of which all orders are tried, and of which all losses are. */
const ORDERED = 6, LOST = 8;
/** Datagrams of a volley whose order is changed here and there. */
const MANY = 16;
/** What passes everywhere, on every IPv6 network, on every Ethernet with IPv4; and the most. */
const LENGTHS = [508, 1232, 1472, MAX_DATAGRAM_PAYLOAD];
/** The parts of the time to expiry at which a message must still be there, and must be forgotten. */
const EARLY = 0.5, LATE = 1.6;

/** What each case of section 12 does, by its id. */
export const SECTION_12_PLANS: Readonly<Record<string, (scene: DatagramScene) => DatagramPlan>> = {
  "12.1": (scene) => volleys(scene, oneIsOne),
  "12.2": orders,
  "12.3": duplicates,
  "12.4": losses,
  "12.5": truncations,
  "12.6": (scene) => volleys(scene, emptyOnes),
  "12.7": (scene) => volleys(scene, largest),
  "12.8": (scene) => scene.contract.framing === "fragment" ? faults(scene) : fragmentsOnly(),
  "12.9": (scene) => scene.contract.framing === "fragment" ? bounds(scene) : fragmentsOnly(),
  "12.10": (scene) => volleys(scene, severalPeers),
  "12.11": (scene) => volleys(scene, staleSessions),
  "12.12": bitErrors,
  "12.13": (scene) => volleys(scene, twoInOne),
};

function fragmentsOnly(): DatagramPlan {
  return notHere("only where messages are put together from fragments (--framing fragment)");
}

/** Volleys that are made at once, from what is sent. */
function volleys(
  scene: DatagramScene,
  make: (messages: Messages, scene: DatagramScene) => readonly (readonly Sent[])[],
): DatagramPlan {
  const made = make(messagesOf(scene), scene);
  return { kind: "volleys", volleys: these(made.map((sent) => shoot(scene, sent))) };
}

function messagesOf({ contract, random }: DatagramScene): Messages {
  return new Messages(random("messages"), contract);
}

/**
 * A volley; where what is sent may bring no answer, a plain message comes last: once that is answered, so is everything
 * that will be.
 */
function shoot({ contract }: DatagramScene, sent: readonly Sent[], stallMs?: number): Delivery {
  return volley(sent, contract.framing, stallMs === undefined ? {} : { pace: { stallMs } });
}

/** The fragments of one message, or as many datagrams of their own, numbered by their first letters. */
function some(messages: Messages, { contract }: DatagramScene, count: number): Uint8Array[] {
  return contract.framing === "fragment"
    ? messages.fragments(count)
    : Array.from({ length: count }, (_, place) => messages.text(12, place));
}

function oneIsOne(messages: Messages, scene: DatagramScene): Sent[][] {
  const lengths = [[40, 6], [6, 40], [9, 9], [1200, 8], [1, 2, 3], [64, 7, 300, 9], [
    5,
    5,
    5,
    5,
    5,
  ]];
  if (scene.contract.framing === "datagram") {
    return lengths.map((own) => from(0, own.map((length, place) => messages.text(length, place))));
  }
  // Several messages under way at once, one behind the other and interleaved.
  return [2, 3, 4].flatMap((count) => {
    const a = messages.fragments(count, 9), b = messages.fragments(count, 4);
    const c = messages.fragments(count, 30), d = messages.fragments(count, 7);
    const interleaved = c.flatMap((one, i) => [one, d[i] ?? one]);
    return [from(0, [...a, ...b]), from(0, interleaved)];
  });
}

function orders(scene: DatagramScene): DatagramPlan {
  const messages = messagesOf(scene);
  const sets = Array.from({ length: ORDERED }, (_, i): Deliveries => {
    const count = i + 1;
    return {
      count: orderCount(count),
      at(index) {
        const own = some(messages, scene, count);
        return shoot(scene, from(0, orderAt(count, index).flatMap((place) => own[place] ?? [])));
      },
    };
  });
  const rising = Array.from({ length: MANY }, (_, i) => i);
  const swapped = rising.slice(1).map((at) =>
    rising.map((i) => i === at ? at - 1 : i === at - 1 ? at : i)
  );
  const ahead = rising.slice(1).map((at) => [at, ...rising.filter((i) => i !== at)]);
  const others = [...swapped, ...ahead, rising.toReversed()].map((order) => {
    const own = some(messages, scene, MANY);
    return shoot(scene, from(0, order.flatMap((place) => own[place] ?? [])));
  });
  const all = chained(sets);
  return {
    kind: "volleys",
    volleys: chained([all, these(others)]),
    covered: all.count,
    covers: scene.contract.framing === "fragment"
      ? `all orders of a message of 1 to ${ORDERED} fragments, ${orderCount(ORDERED)} of the last`
      : `all orders of 1 to ${ORDERED} datagrams, ${orderCount(ORDERED)} of the last`,
    set: { kind: "orders", most: ORDERED },
  };
}

function duplicates(scene: DatagramScene): DatagramPlan {
  const messages = messagesOf(scene);
  const count = 4;
  const made: Sent[][] = [];
  for (let i = 0; i < count; i++) {
    for (let behind = i; behind < count; behind++) {
      const own = some(messages, scene, count);
      const again = own[i] ?? new Uint8Array(0);
      made.push(from(0, [...own.slice(0, behind + 1), again, ...own.slice(behind + 1)]));
    }
  }
  const covered = made.length;
  // All of it again, from the same peer and from one that has started anew.
  for (const socket of [0, 1, 2]) {
    const own = some(messages, scene, count);
    made.push([...from(0, own), ...from(socket, own)]);
  }
  return {
    kind: "volleys",
    volleys: these(made.map((sent) => shoot(scene, closed(messages, scene, sent)))),
    covered,
    covers: `each of ${count} ${nameOf(scene)} twice, the second at each later place`,
  };
}

function losses(scene: DatagramScene): DatagramPlan {
  const messages = messagesOf(scene);
  const isFragments = scene.contract.framing === "fragment";
  // Datagrams on their own do not say of how many they are: what is left of fewer is left of eight as well.
  const least = isFragments ? 1 : LOST;
  const sets = Array.from({ length: LOST + 1 - least }, (_, i): Deliveries => {
    const count = least + i;
    return {
      count: 2 ** count - 1,
      at(index) {
        const kept = chosen(some(messages, scene, count), index + 1);
        return shoot(scene, closed(messages, scene, from(0, kept)));
      },
    };
  });
  return {
    kind: "volleys",
    volleys: chained(sets),
    covers: isFragments
      ? `every loss of k of n fragments, n from 1 to ${LOST}`
      : `every loss of k of ${LOST} datagrams`,
    set: { kind: "losses", least, most: LOST },
  };
}

function truncations(scene: DatagramScene): DatagramPlan {
  const messages = messagesOf(scene);
  const header = Array.from({ length: FRAGMENT_HEADER_LENGTH + 1 }, (_, i) => i + 1);
  if (scene.contract.framing === "datagram") {
    const most = messages.atMost(MAX_DATAGRAM_PAYLOAD);
    const lengths = [...header, ...LENGTHS.map((length) => Math.min(length, most))];
    return {
      kind: "volleys",
      volleys: these(lengths.map((length) => shoot(scene, from(0, [messages.text(length)])))),
      covers: `datagrams of 1 to ${header.length}, and of ${
        lengths.slice(header.length).join()
      } bytes`,
      set: { kind: "lengths", lengths },
    };
  }
  const size = Math.floor(messages.atMost(4000) / 2);
  const lengths = [0, ...header, ...LENGTHS].filter((length) =>
    length < size + FRAGMENT_HEADER_LENGTH
  );
  const cut = lengths.map((length) => {
    const [first = new Uint8Array(0), second = first] = messages.fragments(2, size);
    return shoot(scene, closed(messages, scene, from(0, [first.subarray(0, length), second])));
  });
  return {
    kind: "volleys",
    volleys: these(cut),
    covers: `a fragment cut off behind each byte up to the header and one more, and longer ones`,
    set: { kind: "lengths", lengths },
  };
}

function emptyOnes(messages: Messages, scene: DatagramScene): Sent[][] {
  const empty = new Uint8Array(0);
  const [a = empty, b = empty] = some(messages, scene, 2);
  const made = [[empty], [a, empty, b], [empty, empty, messages.plain()]];
  if (scene.contract.framing === "fragment") {
    // A message without bytes is one all the same.
    made.push(fragmentMessage(empty, { messageId: messages.id(), maxDatagram: 100 }));
  }
  return made.map((datagrams) => closed(messages, scene, from(0, datagrams)));
}

function largest(messages: Messages, { contract }: DatagramScene): Sent[][] {
  const { maxFrame, framing } = contract;
  if (framing === "datagram") {
    const most = messages.atMost(MAX_DATAGRAM_PAYLOAD);
    const over = maxFrame !== undefined && maxFrame < MAX_DATAGRAM_PAYLOAD
      ? [[new Uint8Array(most + 1).fill(97)]]
      : [];
    return [[messages.text(most)], [messages.text(most - 1)], ...over].map((own) =>
      from(0, [...own, messages.plain()])
    );
  }
  const cut = (message: Uint8Array) =>
    fragmentMessage(message, { messageId: messages.id(), maxDatagram: 1232 });
  const made = [MAX_DATAGRAM_PAYLOAD, MAX_DATAGRAM_PAYLOAD + 1].map((length) =>
    cut(messages.text(length))
  );
  // One datagram as long as can be; and one byte over what the target takes.
  made.push(messages.fragments(1, messages.atMost(MAX_DATAGRAM_PAYLOAD - FRAGMENT_HEADER_LENGTH)));
  if (maxFrame !== undefined) made.push(cut(new Uint8Array(maxFrame + 1).fill(97)));
  return made.map((own) => from(0, [...own, messages.plain()]));
}

function faults(scene: DatagramScene): DatagramPlan {
  const messages = messagesOf(scene);
  const made = faultyVolleys(messages).map((sent) => closed(messages, scene, from(0, sent)));
  return {
    kind: "volleys",
    volleys: these(made.map((sent) => shoot(scene, sent))),
    covers: "fragments that are missing, overlap, contradict, or are out of range",
  };
}

function bounds(scene: DatagramScene): DatagramPlan {
  const messages = messagesOf(scene);
  const { expiryMs } = scene.contract;
  const late = expiryMs === undefined ? [] : [EARLY, LATE].map((part) => {
    const [a, b] = messages.fragments(2);
    const sent = [a, b, messages.plain()].flatMap((one) => one ?? []);
    return shoot(scene, from(0, sent), part * expiryMs);
  });
  return {
    kind: "memory",
    count: ROUNDS * UNFINISHED,
    fragments: () => unfinishedFragments(messages),
    volleys: these(late),
  };
}

function severalPeers(messages: Messages, scene: DatagramScene): Sent[][] {
  return [2, 3].flatMap((peers) => {
    const each = Array.from({ length: peers }, () => some(messages, scene, 3));
    const inTurn = [0, 1, 2].flatMap((i) =>
      each.flatMap((own, peer) => from(peer, own.slice(i, i + 1)))
    );
    const backwards = each.flatMap((_, peer) => from(peers - 1 - peer, some(messages, scene, 3)));
    return [inTurn, backwards];
  });
}

function staleSessions(messages: Messages, scene: DatagramScene): Sent[][] {
  if (scene.contract.framing === "datagram") {
    // What an earlier peer sent must not show in what a later one gets.
    return [[300, 6], [1200, 1], [40, 39]].map(([long = 0, short = 0]) => [
      ...from(0, [messages.text(long)]),
      ...from(1, [messages.text(short)]),
      ...from(2, [messages.text(short)]),
    ]);
  }
  const id = () => messages.id();
  const [a0, a1] = [0, 0].map(() => messages.fragments(2));
  const halves = [...from(0, a0?.slice(0, 1) ?? []), ...from(1, a0?.slice(1) ?? [])];
  const swapped = [...from(1, a1?.slice(1) ?? []), ...from(0, a1?.slice(0, 1) ?? [])];
  const shared = id();
  const here = messages.fragments(2, 8, shared), there = messages.fragments(2, 8, shared);
  const both = here.flatMap((one, i) => [...from(0, [one]), ...from(1, there.slice(i, i + 1))]);
  return [halves, swapped, both].map((sent) => closed(messages, scene, sent));
}

function bitErrors(scene: DatagramScene): DatagramPlan {
  const { framing, expectation } = scene.contract;
  const messages = messagesOf(scene);
  if (framing === "datagram" && expectation.letters !== undefined) {
    return notHere(`${expectation.name} takes names only`);
  }
  const length = framing === "fragment" ? FRAGMENT_HEADER_LENGTH : 8;
  const flipped = Array.from({ length: 8 * length }, (_, bit) => {
    const [first = new Uint8Array(0), ...rest] = framing === "fragment"
      ? messages.fragments(2)
      : [messages.text(8)];
    const damaged = first.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ 1 << (bit & 7);
    return shoot(scene, closed(messages, scene, from(0, [damaged, ...rest])));
  });
  return {
    kind: "volleys",
    volleys: these(flipped),
    covers: framing === "fragment"
      ? `all ${8 * length} flips of one bit of a fragment's header`
      : `all ${8 * length} flips of one bit of ${length} bytes`,
  };
}

function twoInOne(messages: Messages, scene: DatagramScene): Sent[][] {
  const joined = (parts: readonly Uint8Array[]) =>
    Uint8Array.from(parts.flatMap((one) => [...one]));
  if (scene.contract.framing === "fragment") {
    const [a, b] = [messages.fragments(1), messages.fragments(1)];
    const two = messages.fragments(2);
    return [joined([...a, ...b]), joined(two)].map((one) =>
      closed(messages, scene, from(0, [one]))
    );
  }
  const between = scene.contract.expectation.letters === undefined
    ? ["", "\n", "\r\n", "\0", ",", " "]
    : [""];
  return between.map((mark) =>
    from(0, [joined([messages.text(7), new TextEncoder().encode(mark), messages.text(7)])])
  );
}

function nameOf({ contract }: DatagramScene): string {
  return contract.framing === "fragment" ? "fragments" : "datagrams";
}

/** With a plain message last, where the others may bring no answer. */
function closed(messages: Messages, { contract }: DatagramScene, sent: readonly Sent[]): Sent[] {
  const ofSockets = [...new Set(sent.map(({ socket }) => socket))];
  if (contract.framing === "datagram" && sent.every(({ bytes }) => bytes.length > 0)) {
    return [...sent];
  }
  return [...sent, ...ofSockets.flatMap((socket) => from(socket, [messages.plain()]))];
}
