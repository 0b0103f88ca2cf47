import { malformedHeader, oversizedFrame } from "../stimulus/claims.ts";
import { type Damage, flipped, GARBAGE, outside, spliced } from "../stimulus/damage.ts";
import { brokenMarks } from "../stimulus/malformed_marks.ts";
import { BAITED, MALFORMED_COMMAS } from "../stimulus/malformed_netstring.ts";
import { type Part, Stimulus } from "../stimulus/stimulus.ts";
import { Spec } from "../../protocol/framing/mod.ts";
import { these } from "../strategy/deliveries.ts";
import { deliver } from "../strategy/delivery.ts";
import { type ConformanceCase, type Plan, type Scene, unsupported } from "./case.ts";
import { damagedDeliveries, inPieces, overLimitPolicy, refusals } from "./hostile_streams.ts";

type Bad = Part & { kind: "bad" };

/** Most damaged streams of one case; every fourth is played cut, too. */
const MOST = 48;
const CUT_EVERY = 4;
/** Largest frame over the limit that is sent here, in bytes. */
const MOST_OVER = 2 ** 22;

/** Good frames around the place of the damage. */
function surroundings(scene: Scene) {
  const source = scene.payloads();
  return {
    before: [source.frame(5)],
    meant: source.frame(9),
    behind: [source.frame(3), source.frame(4)],
  };
}

/** So many of the list, spread over all of it. */
function someOf<T>(list: readonly T[], most: number): T[] {
  const step = Math.max(1, list.length / most);
  return Array.from({ length: Math.min(most, list.length) }, (_, i) => list[Math.floor(i * step)])
    .filter((one) => one !== undefined);
}

/** Plays the damages, spread over all of them. */
function damagePlan(scene: Scene, damages: readonly (Damage & { at: number })[]): Plan {
  const some = someOf(damages, MOST).map((one, i) => {
    const before = one.before.reduce((sum, part) => sum + part.wire.length, 0);
    return i % CUT_EVERY === 0 ? { ...one, cut: before + one.at + 1 } : one;
  });
  const deliveries = damagedDeliveries(scene, some);
  return deliveries.length === 0
    ? unsupported(`${scene.contract.framing.spec} has no bytes around payloads`)
    : { kind: "deliveries", deliveries: these(deliveries) };
}

/** Bytes that must be refused in this framing, whatever its limit. */
function malformed(scene: Scene): Bad[] {
  const { contract } = scene;
  const { name } = new Spec(contract.framing.spec);
  const header = malformedHeader(contract);
  const own = name === "netstring" ? [...BAITED, ...MALFORMED_COMMAS.slice(0, 1)] : [];
  return [...own, ...brokenMarks(contract), ...(header ? [header] : [])];
}

/** The same, and a frame over the limit, where that is known and not too large to send. */
function refusable(scene: Scene): Bad[] {
  const { contract } = scene;
  const small = (contract.maxFrame ?? Infinity) <= MOST_OVER;
  const over = small ? oversizedFrame(contract, scene.payloads("over")) : undefined;
  return [...(over ? [over] : []), ...malformed(scene)];
}

/** Section 10: damaged streams. */
export const CORRUPTION: readonly ConformanceCase[] = [
  {
    id: "10.1",
    title: "each bit of a header flipped",
    level: "MUST",
    needs: ["any bytes"],
    negative: "header",
    requirement:
      "A flipped bit makes another frame, an error or a wait, as the framing says; never a frame that is not there.",
    why:
      "One wrong bit in a length shifts all that follows; what a reader takes for frames then is chance.",
    issue: "https://github.com/zeromq/libzmq/issues/3351",
    fix: "Check what can be checked, close at the first error, and search for nothing.",
    plan(scene) {
      const { before, meant, behind } = surroundings(scene);
      const damages = outside(meant).flatMap((at) =>
        Array.from({ length: 8 }, (_, bit) => ({
          at,
          before,
          meant: [meant],
          wire: flipped(meant.wire, at, bit),
          what: `a frame with bit ${bit} of byte ${at} flipped`,
          behind,
        }))
      );
      return damagePlan(scene, damages);
    },
  },
  {
    id: "10.2",
    title: "one byte inserted, left out, doubled",
    level: "MUST",
    needs: ["any bytes"],
    negative: "header",
    requirement:
      "A byte too many or too few shifts the stream; what the target makes of it is what the framing says.",
    why: "After a shift a lenient reader finds its place again by luck, in the middle of data.",
    issue: "https://github.com/Csontikka/esphome-tailscale/issues/35",
    fix: "As for 10.1.",
    plan(scene) {
      const { before, meant, behind } = surroundings(scene);
      const damages = outside(meant).flatMap((at) =>
        (["insert", "delete", "double"] as const).map((how) => ({
          at,
          before,
          meant: [meant],
          wire: spliced(meant.wire, at, how),
          what: `a frame with ${WORDS[how]} byte ${at}`,
          behind,
        }))
      );
      return damagePlan(scene, damages);
    },
  },
  {
    id: "10.3",
    title: "garbage before, between and behind frames",
    level: "MUST",
    needs: ["any bytes"],
    negative: "between frames",
    requirement:
      "Bytes of another protocol are read as the framing says, refused or waited for; frames before them are answered.",
    why: "Sooner or later a browser, a TLS client or a port scanner connects.",
    issue: "https://github.com/prabirshrestha/vim-lsp/issues/1594",
    fix: "Close at the first error; answer what came before it.",
    plan(scene) {
      const source = scene.payloads();
      const frames = [source.frame(5), source.frame(3), source.frame(4)];
      const damages = Object.entries(GARBAGE).flatMap(([what, wire]) =>
        [0, 1, 3].map((place) => ({
          at: Math.floor(wire.length / 2),
          before: frames.slice(0, place),
          meant: [],
          wire,
          what,
          behind: frames.slice(place),
        }))
      );
      return damagePlan(scene, damages);
    },
  },
  {
    id: "10.4",
    title: "wrong magic bytes",
    level: "MUST",
    needs: ["magic", "room"],
    negative: "header",
    requirement:
      "Bytes of known value around a frame are compared; a frame with others is not delivered.",
    why: "A check that is never made finds nothing.",
    issue: "https://github.com/Csontikka/esphome-tailscale/issues/35",
    fix: "Compare all bytes whose value is known, before you deliver.",
    plan: (scene) => {
      const { name } = new Spec(scene.contract.framing.spec);
      const wrong = name === "netstring" ? MALFORMED_COMMAS : brokenMarks(scene.contract);
      return refusals(scene, wrong, "");
    },
  },
  {
    id: "10.5",
    title: "close, skip or resync, and no phantom",
    level: "MUST",
    negative: "between frames",
    requirement:
      "Behind refused bytes the target closes, or goes on with whole frames: always the same way, however they are cut.",
    why:
      "Bytes that were refused must not be read again as something else: whoever chooses them chooses what is done.",
    issue: "https://github.com/eventmachine/eventmachine/pull/338",
    fix: "Choose one policy, declare it (--over-limit), and keep its state across chunks.",
    outcomes: {
      NONSTRICT: "Bytes that should be refused were read, with one meaning.",
      FAIL:
        "A phantom, another policy than the declared one, or a choice that depends on the cuts.",
    },
    plan(scene) {
      const source = scene.payloads();
      const bads = refusable(scene);
      if (bads.length === 0) return unsupported(NOTHING_BAD);
      const deliveries = bads.flatMap((bad) => {
        const first = source.frame(4);
        const parts = [first, bad, source.frame(6), source.frame(2)];
        const stream = new Stimulus(scene.contract, parts);
        const start = first.wire.length;
        return inPieces(stream, start + 1, start + Math.min(bad.wire.length, 64) + 1);
      });
      const policy = overLimitPolicy(scene);
      return { kind: "deliveries", deliveries: these(deliveries), ...(policy ? { policy } : {}) };
    },
  },
  {
    id: "10.6",
    title: "error reported once",
    level: "MUST",
    negative: "between frames",
    requirement:
      "Behind an error, whatever else comes, no frame is answered twice and the connection is closed once.",
    why:
      "A decoder that is asked again after an error reports it for ever, or hands out its last frames anew.",
    issue: "https://github.com/tokio-rs/tokio/issues/3976",
    fix:
      "Make the error final; report it once, with the offset (over the wire only the once is seen).",
    plan(scene) {
      const source = scene.payloads();
      const bads = refusable(scene);
      if (bads.length === 0) return unsupported(NOTHING_BAD);
      const deliveries = bads.slice(0, 3).flatMap((bad) => {
        const good = [source.frame(4), source.frame(1)];
        const stream = new Stimulus(scene.contract, [...good, bad, bad, source.frame(6), bad]);
        return [deliver(stream), deliver(stream, stream.seams)];
      });
      const policy = overLimitPolicy(scene);
      return { kind: "deliveries", deliveries: these(deliveries), ...(policy ? { policy } : {}) };
    },
  },
];

const NOTHING_BAD = "no bytes of this framing are known to be bad; give --max-frame N";
const WORDS = { insert: "a byte inserted at", delete: "left out", double: "doubled" } as const;
