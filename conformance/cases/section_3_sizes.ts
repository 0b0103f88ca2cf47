import {
  claimHeader,
  largestClaim,
  malformedHeader,
  MOST_REAL_BYTES,
  oversizedFrame,
  oversizedInBytes,
  TELLING_CLAIMS,
} from "../stimulus/claims.ts";
import { framePart, type Part, Stimulus } from "../stimulus/stimulus.ts";
import { listed, stride } from "../strategy/cut_plan.ts";
import { these } from "../strategy/deliveries.ts";
import { deliver, type Delivery } from "../strategy/delivery.ts";
import { type ConformanceCase, inProcessOnly, type Plan, type Scene, unsupported } from "./case.ts";
import { lacking } from "./features.ts";
import { overLimitPolicy } from "./hostile_streams.ts";

/** Connections that are open at once in 3.10. */
const CROWD = 16;
/** Bytes behind the header of an over-long frame that come one by one in 3.8. */
const DRIPPED = 48;

/** A good frame, then a header that claims too much, then nothing. */
function claim(scene: Scene, size: bigint): Delivery | undefined {
  const { contract } = scene;
  const wire = claimHeader(contract, size);
  if (wire === undefined || size <= BigInt(contract.maxFrame ?? 0)) return undefined;
  const skippable = size <= BigInt(Number.MAX_SAFE_INTEGER);
  const bad: Part = { kind: "bad", wire, what: `a claim of ${size} bytes`, skippable };
  return deliver(new Stimulus(contract, [scene.payloads("claims").frame(3), bad]));
}

function claims(scene: Scene, sizes: readonly bigint[], otherwise: string): Plan {
  const wanted = sizes.flatMap((size) => claim(scene, size) ?? []);
  if (wanted.length === 0) return unsupported(otherwise);
  const known = overLimitPolicy(scene);
  return {
    kind: "deliveries",
    deliveries: these(wanted),
    ...(known ? { policy: known } : {}),
  };
}

const NO_CLAIM = "this framing announces no length that is over the limit";

/** Section 3: sizes from nothing to the limit, and beyond it. */
export const SIZES: readonly ConformanceCase[] = [
  {
    id: "3.1",
    title: "empty payload",
    level: "MUST",
    needs: ["empty frames"],
    requirement: "A frame without payload is a frame and is answered.",
    why: "Zero is taken for nothing: for the end, for an error, or for `not yet`.",
    issue: "https://github.com/lesismal/nbio/issues/28",
    fix: "Tell `no frame yet` from `a frame of 0 bytes`.",
    plan(scene) {
      const source = scene.payloads();
      const streams = [[4, 0, 4], [0], [0, 0, 0], [0, 4], [4, 0]].map((w) => source.frames(w));
      return {
        kind: "deliveries",
        packed: true,
        deliveries: these(streams.map((stream) => deliver(stream))),
      };
    },
  },
  {
    id: "3.2",
    title: "payload of one byte",
    level: "MUST",
    requirement: "The smallest payload is answered.",
    why: "Short frames slip through checks for a minimum that was meant for headers.",
    issue: "https://github.com/NetGauze/NetGauze/issues/597",
    fix: "Check lengths against what the framing needs, not against what is usual.",
    plan(scene) {
      const source = scene.payloads();
      const streams = [[1], [1, 1], [1, 1, 1, 1]].map((sizes) => source.frames(sizes));
      return {
        kind: "deliveries",
        packed: true,
        deliveries: these(streams.map((stream) => deliver(stream))),
      };
    },
  },
  {
    id: "3.3",
    title: "limit - 1, limit, limit + 1",
    level: "MUST",
    requirement: "A payload of exactly the limit is answered; one byte more is refused.",
    why:
      "Off by one, or counted in other units: the limit refuses what it allows, or allows what it refuses.",
    issue: "https://github.com/neo4j/neo4j/pull/11918",
    fix: "Compare the payload's length, after all adjustments, with `>`.",
    plan(scene) {
      const { maxFrame = 0, framing } = scene.contract;
      if (scene.contract.maxFrame === undefined) {
        return unsupported("give the target's own limit with --max-frame N");
      }
      if (maxFrame > MOST_REAL_BYTES) {
        return unsupported(`a limit of ${maxFrame} bytes is too much to send`);
      }
      const source = scene.payloads();
      const { expectation } = scene.contract;
      if (expectation.answer(new Uint8Array(maxFrame)).length > maxFrame) {
        return unsupported(`the answers of ${expectation.name} would be over the limit`);
      }
      const sizes = [maxFrame - 1, maxFrame].filter((size) =>
        size >= framing.minPayload && size <= framing.maxPayload
      );
      const right = sizes.map((size) =>
        deliver(
          new Stimulus(scene.contract, [
            framePart(scene.contract, source.payload(size)),
          ]),
        )
      );
      const over = overLimitPolicy(scene), wide = oversizedInBytes(scene.contract);
      const wrong = [
        ...(over && framing.maxPayload > maxFrame ? [over] : []),
        ...(wide ? [deliver(new Stimulus(scene.contract, [wide, source.frame(4)]))] : []),
      ];
      const all = [...right, ...wrong];
      if (all.length === 0) return unsupported(`${framing.spec} has no such sizes`);
      return { kind: "deliveries", deliveries: these(all) };
    },
  },
  {
    id: "3.4",
    title: "huge claim without a body",
    level: "MUST",
    needs: ["limit"],
    negative: "header",
    requirement:
      "A header that claims more than the limit is refused at once, and costs no memory.",
    why: "A few bytes must not buy gigabytes, nor a connection for ever.",
    issue: "https://github.com/netty/netty/issues/16633",
    fix: "Check the length before you allocate or wait for the body; grow with what has come.",
    plan(scene) {
      const sizes = [2n ** 32n - 1n, 2n ** 30n, 2n ** 24n - 1n, 2n ** 16n - 1n];
      const largest = sizes.find((size) => claim(scene, size) !== undefined);
      return claims(scene, largest === undefined ? [] : [largest], NO_CLAIM);
    },
  },
  {
    id: "3.5",
    title: "claims around 2^15, 2^16, 2^24, 2^31, 2^32, 2^53, 2^63, 2^64",
    level: "MUST",
    needs: ["limit"],
    negative: "header",
    requirement: "Each claim over the limit is refused; none is answered.",
    why: "Signs, doubles and length + header overflow just there.",
    issue: "https://github.com/zeromq/libzmq/issues/3351",
    fix: "Check the range before you calculate; keep lengths in a type that holds them all.",
    plan: (scene) => {
      const largest = largestClaim(scene.contract);
      const sizes = largest === undefined ? TELLING_CLAIMS : [...TELLING_CLAIMS, largest];
      return claims(scene, [...new Set(sizes)], NO_CLAIM);
    },
  },
  {
    id: "3.6",
    title: "negative lengths",
    level: "MUST",
    negative: "header",
    requirement:
      "A length with its highest bit set is refused, whether that makes it negative or huge.",
    why:
      "A negative length passes a check for `too large` and reads backwards, or as an empty frame.",
    issue: "https://github.com/davedoesdev/frame-stream/issues/7",
    fix: "Read lengths unsigned; where they are signed, check for < 0 as well.",
    plan(scene) {
      const { contract } = scene;
      if (contract.framing.spec.startsWith("i32")) {
        const bad = malformedHeader(contract);
        if (bad === undefined) return unsupported(NO_CLAIM);
        const stream = new Stimulus(contract, [scene.payloads().frame(3), bad]);
        return { kind: "deliveries", deliveries: these([deliver(stream)]) };
      }
      const why = lacking(scene, ["limit"]);
      if (why !== undefined) return unsupported(why);
      const width = /^u(16|24|32|64)/.exec(contract.framing.spec)?.[1];
      if (width === undefined) return unsupported("this framing has no sign bit");
      const top = 2n ** (BigInt(width) - 1n);
      return claims(scene, [top, top + 5n, 2n * top - 1n], NO_CLAIM);
    },
  },
  {
    id: "3.7",
    title: "an over-long frame, then a good one",
    level: "MUST",
    needs: ["limit"],
    negative: "payload",
    requirement:
      "The target closes, or skips exactly the over-long frame and answers the next one; never a phantom.",
    why:
      "The bytes of a refused frame are taken for new frames: whoever chooses them chooses what is done.",
    issue: "https://github.com/eventmachine/eventmachine/pull/338",
    fix: "Close; or count down exactly the bytes that the header announced.",
    plan(scene) {
      const source = scene.payloads();
      const bad = oversizedFrame(scene.contract, source);
      if (bad === undefined) return unsupported("such a frame is too much to send");
      const stream = new Stimulus(scene.contract, [source.frame(5), bad, source.frame(6)]);
      const [first, last] = stream.frames;
      const { end = 0 } = first ?? {};
      const places = [end, end + 1, end + 4, last?.start ?? end];
      const plan = listed("over-long", stream.bytes.length, places.map((at) => [at]));
      const cut = Array.from({ length: plan.count }, (_, i) => deliver(stream, plan.at(i)));
      return { kind: "deliveries", deliveries: these([deliver(stream), ...cut]) };
    },
  },
  {
    id: "3.8",
    title: "an over-long frame, dripped",
    level: "MUST",
    needs: ["limit"],
    negative: "payload",
    requirement: "An over-long frame is refused however its first bytes are cut.",
    why: "A limit that is checked once per chunk is not checked at all.",
    issue: "https://github.com/c4punks/CWIST/issues/161",
    fix: "Check the limit per frame, not per read.",
    plan(scene) {
      const source = scene.payloads();
      const bad = oversizedFrame(scene.contract, source);
      if (bad === undefined) return unsupported("such a frame is too much to send");
      const stream = new Stimulus(scene.contract, [bad, source.frame(6)]);
      const drip = stride(Math.min(DRIPPED, stream.bytes.length), 1);
      return { kind: "deliveries", deliveries: these([deliver(stream, drip)]) };
    },
  },
  {
    id: "3.9",
    title: "the header of an over-long frame alone",
    level: "MUST",
    needs: ["limit"],
    negative: "header",
    requirement: "The header alone is enough to refuse; the body is not waited for.",
    why: "A target that waits for the body first has already accepted it.",
    issue: "https://github.com/SaaSy-Solutions/mockforge/issues/751",
    fix: "Check the limit as soon as the header is complete.",
    plan: (scene) => claims(scene, [BigInt(scene.contract.maxFrame ?? 0) + 1n], NO_CLAIM),
  },
  {
    id: "3.10",
    title: "many connections, each with half a frame",
    level: "MUST",
    needs: ["answers"],
    requirement:
      "Each connection keeps its own place in its own frame, and a new one is served meanwhile.",
    why: "One buffer for all connections mixes what belongs apart.",
    issue: "https://github.com/ystreet/turn-proto/issues/71",
    fix: "Keep the decoder's state per connection.",
    plan(scene) {
      const source = scene.payloads();
      if (scene.contract.framing.spec === "fixed:1") return unsupported("a frame has no halves");
      const halves = Array.from({ length: CROWD }, (_, i) => {
        const frame = source.frame(9 + i);
        const at = Math.max(1, Math.floor(frame.wire.length / 2));
        const head = new Stimulus(scene.contract, [{
          kind: "tail",
          wire: frame.wire.subarray(0, at),
        }]);
        const rest = new Stimulus(scene.contract, [{
          ...frame,
          wire: frame.wire.subarray(at),
          bodyAt: undefined,
        }]);
        return [deliver(head, [], { waits: [at] }), deliver(rest)] as const;
      });
      return { kind: "parallel", halves };
    },
  },
  {
    id: "3.11",
    title: "limit changed in the middle of a frame",
    level: "MUST",
    needs: ["in process"],
    requirement: "A new limit counts from the next header on.",
    why: "A frame that was accepted must not be refused halfway.",
    fix: "Decide once per frame.",
    plan: inProcessOnly,
  },
];
