import { frameLayout } from "../proxy/frame_layout.ts";
import {
  cutPairs,
  type Cuts,
  listed,
  randomCuts,
  singleCuts,
  stride,
} from "../strategy/cut_plan.ts";
import { chained, cutting, type Deliveries, these } from "../strategy/deliveries.ts";
import { deliver, frameByFrame } from "../strategy/delivery.ts";
import type { ConformanceCase, Plan, Scene } from "./case.ts";

/** Bytes of a stream for rules that cut everywhere, of recorded traffic, and of one that fills both directions. */
const SHORT = 120, RECORDED = 40, LONG = 48 * 1024;
/** How long the soak plays, in ms, and bytes of each of its streams. */
const SOAK_MS = 1500, SOAK_BYTES = 1000;
/** More streams than a soak can play. */
const MANY = 1_000_000;

/** Streams of their own, each in one piece and then one frame at a time. */
function streams(scene: Scene, count: number, length: number, atMost?: number): Deliveries {
  return {
    count: 2 * count,
    at(index) {
      const stimulus = scene.payloads(`stream ${index >> 1}`).stream(length, atMost);
      return index % 2 === 0 ? deliver(stimulus) : frameByFrame(stimulus);
    },
  };
}

/** Rules that follow frames and have something to cut in this framing. */
function framedRules({ contract }: Scene): string[] {
  const { hasHeader, trailer } = frameLayout(contract.framing);
  return [
    ...(hasHeader ? ["up=header:1", "up=header:3", "header:each"] : []),
    "edge",
    "whole",
    "straddle",
    "up=straddle:2,down=edge",
    ...(trailer > 0 ? ["delimiter"] : []),
  ];
}

/** Sections 1 and 2 on one stream: cut everywhere once and twice, dripped, in strides, joined across frames. */
function cutAndJoined(length: number, seams: Cuts, scene: Scene) {
  const lists = [
    ...[1, 2, 3, 5, 7].map((size) => stride(length, size)),
    seams,
    ...seams.map((seam) => [seam - 1]),
    ...seams.map((seam) => [seam + 1]),
    ...seams.map((seam, i) => [seam + 1, (seams[i + 2] ?? length) - 1]),
  ];
  return [
    listed("strides and seams", length, lists),
    singleCuts(length),
    cutPairs(length),
    randomCuts(length, 16, scene.random("cuts"), seams),
  ];
}

const FIX = "As for 1.1 and 2.1; the failure shows the stream and the cuts that it takes.";

function proxied(rules: readonly string[], deliveries: Deliveries): Plan {
  return { kind: "proxied", rules, deliveries };
}

/** Section 13: traffic that passes through our own proxy, which cuts and joins it on the way. */
export const PROXIED: readonly ConformanceCase[] = [
  {
    id: "13.1",
    title: "live traffic cut by every plain rule",
    level: "MUST",
    requirement: "The answers are the same behind a proxy that cuts and joins the bytes.",
    why:
      "Routers, TLS and proxies cut where they like; hashes show that this one does nothing else.",
    issue: "https://github.com/Csontikka/esphome-tailscale/issues/35",
    fix: FIX,
    plan: (scene) =>
      proxied(
        ["none", "drip", "stride:7", "single:1", "coalesce:2", "slow:1", "random"],
        streams(scene, 1, SHORT),
      ),
  },
  {
    id: "13.2",
    title: "recorded traffic, cut and joined as in sections 1 and 2",
    level: "MUST",
    requirement: "Traffic that was answered once is answered again however it is cut.",
    why: "What a real client sent is the stream that matters.",
    issue: "https://github.com/daltoniam/Starscream/issues/222",
    fix: FIX,
    plan(scene) {
      const traffic = frameByFrame(scene.payloads().stream(RECORDED, 12));
      return {
        kind: "proxied",
        rules: ["none"],
        deliveries: these([traffic]),
        recorded: {
          traffic,
          again(recorded) {
            const plans = cutAndJoined(recorded.bytes.length, recorded.seams, scene);
            return chained([
              these([deliver(recorded)]),
              ...plans.map((plan) => cutting(recorded, plan)),
            ]);
          },
        },
      };
    },
  },
  {
    id: "13.3",
    title: "both directions at once, both cut",
    level: "MUST",
    requirement: "Requests are read and answers are written while the other direction is busy.",
    why: "One buffer for both directions, or a write that waits for a read, only shows under load.",
    issue: "https://github.com/MDA2AV/HttpArena/issues/1431",
    fix: "Give each direction its own buffer; go on reading while an answer waits to be written.",
    plan: (scene) =>
      proxied(["random", "up=stride:1460,down=stride:997"], {
        count: 2,
        at: (index) => deliver(scene.payloads(`stream ${index}`).stream(LONG, 1000)),
      }),
  },
  {
    id: "13.4",
    title: "soak: random streams, cut at random",
    level: "MUST",
    requirement: "The answers stay right for as long as there is traffic.",
    why: "State that goes wrong once in a thousand frames; the seed makes it repeatable.",
    issue: "https://github.com/uNetworking/uWebSockets/issues/1776",
    fix: FIX,
    plan: (scene) => ({
      ...proxied(["random"], streams(scene, MANY, SOAK_BYTES, 300)),
      soakMs: SOAK_MS,
    }),
  },
  {
    id: "13.5",
    title: "cuts that follow the frames",
    level: "MUST",
    requirement:
      "Live frames may be cut in every header, at every edge and across each other, both ways.",
    why: "These are the cuts that break readers, in traffic that nobody prepared.",
    issue: "https://github.com/netty/netty/issues/17549",
    fix: FIX,
    plan: (scene) => proxied(framedRules(scene), streams(scene, 1, SHORT)),
  },
];
