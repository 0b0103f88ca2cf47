import type { Cause } from "../judge/verdict.ts";

/** A planted bug of a client of datagrams, in `zoo_clients.ts`. */
export interface ClientBug {
  /** How the client asks, and what is wrong. */
  readonly name: string;
  /** What is wrong, in a few words. */
  readonly about: string;
  /** The case that shows it. */
  readonly shownBy: string;
  /** Cases that show it as well, each time; without any, it lives where its case is not played. */
  readonly alsoShownBy?: readonly string[];
  /** What it is blamed for. */
  readonly cause: Cause;
  /** A real bug of the kind. */
  readonly issue?: string;
}

/** Every planted bug. */
export const CLIENT_ZOO: readonly ClientBug[] = [
  {
    name: "three.joined",
    about: "sends its questions joined in one datagram",
    shownBy: "12.1",
    cause: "DESYNC",
  },
  {
    name: "three.pieces",
    about: "sends each question in two datagrams",
    shownBy: "12.1",
    alsoShownBy: ["12.3", "12.11"],
    cause: "DESYNC",
  },
  {
    name: "empty.dropped",
    about: "does not send an empty datagram",
    shownBy: "12.1",
    cause: "LOST",
  },
  {
    name: "fragment.wrong-count",
    about: "counts its fragments wrong",
    shownBy: "12.1",
    alsoShownBy: ["0.2"],
    cause: "CORRUPT",
  },
  {
    name: "burst.order-needed",
    about: "drops an answer that comes behind a later one",
    shownBy: "12.2",
    alsoShownBy: ["12.4", "12.10"],
    cause: "LOST",
  },
  {
    name: "fragment.order-of-arrival",
    about: "puts parts together as they come",
    shownBy: "12.2",
    alsoShownBy: ["12.3", "12.8", "12.12"],
    cause: "CORRUPT",
  },
  {
    name: "three.first-answer-counts",
    about: "takes a doubled answer for the next one",
    shownBy: "12.3",
    alsoShownBy: ["12.4", "12.11"],
    cause: "DUPLICATED",
  },
  {
    name: "fragment.datagrams-counted",
    about: "counts datagrams, not parts",
    shownBy: "12.3",
    alsoShownBy: ["12.2", "12.8", "12.12"],
    cause: "CORRUPT",
  },
  {
    name: "one.waits-for-ever",
    about: "waits for ever, as the textbooks' clients do",
    shownBy: "12.4",
    alsoShownBy: ["12.10"],
    cause: "HANG",
  },
  {
    name: "one.does-as-if",
    about: "does without an answer as if there were one",
    shownBy: "12.4",
    cause: "PHANTOM",
  },
  {
    name: "one.buffer-of-1024",
    about: "receives into 1,024 bytes",
    shownBy: "12.5",
    alsoShownBy: ["12.7"],
    cause: "CORRUPT",
    issue: "https://github.com/denoland/deno/issues/21609",
  },
  {
    name: "fragment.lengths-unchecked",
    about: "takes parts of any length",
    shownBy: "12.5",
    alsoShownBy: ["12.8"],
    cause: "PHANTOM",
  },
  {
    name: "one.empty-is-nothing",
    about: "waits on for ever behind an empty answer",
    shownBy: "12.6",
    cause: "HANG",
  },
  {
    name: "fragment.last-is-all",
    about: "is done when the last part comes",
    shownBy: "12.8",
    alsoShownBy: ["12.2", "12.5", "12.11", "12.12"],
    cause: "PHANTOM",
  },
  {
    name: "fragment.unfinished-first",
    about: "waits for the first message that was begun",
    shownBy: "12.9",
    alsoShownBy: ["12.11"],
    cause: "LOST",
  },
  {
    name: "one.anybody",
    about: "takes an answer of anybody",
    shownBy: "12.10",
    cause: "PHANTOM",
  },
  {
    name: "fragment.peers-mixed",
    about: "puts parts of two peers together",
    shownBy: "12.10",
    cause: "PHANTOM",
  },
  {
    name: "three.flushes-first",
    about: "takes an answer to an earlier question",
    shownBy: "12.11",
    cause: "DUPLICATED",
  },
  {
    name: "one.aborts-at-bytes",
    about: "aborts at a byte that is no ASCII",
    shownBy: "12.12",
    cause: "CRASH",
  },
  {
    name: "one.lines",
    about: "takes the first line of an answer only",
    shownBy: "12.13",
    cause: "CORRUPT",
  },
  {
    name: "fragment.two-in-one",
    about: "takes two fragments from one datagram",
    shownBy: "12.13",
    cause: "PHANTOM",
  },
];

/** The clients that are right, in this process: how they ask. */
export const RIGHT_ZOO_CLIENTS: readonly string[] = ["one", "three", "burst", "empty", "fragment"]
  .map((kind) => `${kind}.none`);

/** The programs that are right, as commands. */
export const RIGHT_DATAGRAM_CLIENTS: readonly (readonly [name: string, command: string])[] = [
  ["Python, in fragments", "python3 conformance/testdata/datagrams/ask_in_fragments.py {port}"],
  ["Node.js, as events come", "node conformance/testdata/datagrams/ask.mjs {port}"],
  ["a ping that tells times", "python3 conformance/testdata/datagrams/ping.py {host} {port}"],
];
