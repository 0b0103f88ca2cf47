import type { Cause } from "../judge/verdict.ts";

/** A planted bug of a server of datagrams, in `testdata/datagrams/zoo.py`. */
export interface DatagramBug {
  /** What the server is told: `plain.` where each datagram is a message, `fragment.` where they are parts of one. */
  readonly name: string;
  /** What is wrong, in a few words. */
  readonly about: string;
  /** The case that shows it. */
  readonly shownBy: string;
  /** What it is blamed for. */
  readonly cause: Cause;
  /** A real bug of the kind: the thread where it was told or mended. */
  readonly issue?: string;
}

/** Every planted bug. */
export const DATAGRAM_ZOO: readonly DatagramBug[] = [
  {
    name: "plain.buffer-of-1024",
    about: "receives into 1,024 bytes",
    shownBy: "12.5",
    cause: "CORRUPT",
    issue: "https://github.com/denoland/deno/issues/21609",
  },
  {
    name: "plain.joined",
    about: "takes two datagrams for one message",
    shownBy: "12.1",
    cause: "DESYNC",
    issue: "https://github.com/adafruit/Adafruit_WICED_Arduino/issues/80",
  },
  {
    name: "plain.one-of-two",
    about: "reads two and answers one",
    shownBy: "12.2",
    cause: "LOST",
    issue: "https://github.com/FujiNetWIFI/tnfsd/pull/27",
  },
  {
    name: "plain.lines",
    about: "looks for lines in datagrams",
    shownBy: "12.13",
    cause: "DESYNC",
  },
  {
    name: "plain.c-string",
    about: "takes a NUL for the end",
    shownBy: "12.13",
    cause: "CORRUPT",
    issue: "https://github.com/jeelabs/el-client/issues/39",
  },
  {
    name: "plain.text",
    about: "decodes UTF-8 on the way",
    shownBy: "12.12",
    cause: "CORRUPT",
    issue: "https://github.com/restsend/rsipstack/issues/131",
  },
  {
    name: "plain.empty-is-the-end",
    about: "ends when it receives 0 bytes",
    shownBy: "12.6",
    cause: "CRASH",
    issue: "https://github.com/pupnp/pupnp/issues/498",
  },
  {
    name: "plain.empty-is-nothing",
    about: "does not answer an empty datagram",
    shownBy: "12.6",
    cause: "LOST",
    issue: "https://github.com/ithewei/libhv/issues/541",
  },
  {
    name: "plain.first-peer",
    about: "answers everybody at the first peer's address",
    shownBy: "12.10",
    cause: "HANG",
  },
  {
    name: "plain.last-peer",
    about: "answers what waits at the last one's address",
    shownBy: "12.10",
    cause: "PHANTOM",
    issue: "https://github.com/nodemcu/nodemcu-firmware/issues/1373",
  },
  {
    name: "plain.duplicates-dropped",
    about: "takes equal datagrams for one that was repeated",
    shownBy: "12.3",
    cause: "LOST",
  },
  {
    name: "plain.order-needed",
    about: "drops what comes behind a later one",
    shownBy: "12.2",
    cause: "LOST",
  },
  {
    name: "plain.silent-over-508",
    about: "drops what is over 508 bytes",
    shownBy: "12.5",
    cause: "LOST",
    issue: "https://github.com/spotify/ffwd/issues/202",
  },
  {
    name: "plain.long-ones-twice",
    about: "answers long ones twice",
    shownBy: "12.5",
    cause: "DUPLICATED",
  },
  {
    name: "plain.crash-at-the-longest",
    about: "ends at 65,507 bytes",
    shownBy: "12.7",
    cause: "CRASH",
    issue: "https://github.com/envoyproxy/envoy/issues/14113",
  },
  {
    name: "plain.stale-buffer",
    about: "answers with the end of an earlier, longer one",
    shownBy: "12.11",
    cause: "CORRUPT",
    issue: "https://github.com/xroche/httrack/issues/1496",
  },
  {
    name: "fragment.order-of-arrival",
    about: "puts parts together as they come",
    shownBy: "12.2",
    cause: "CORRUPT",
  },
  {
    name: "fragment.datagrams-counted",
    about: "counts datagrams, not parts",
    shownBy: "12.3",
    cause: "CORRUPT",
    issue: "https://github.com/contiki-ng/contiki-ng/pull/3135",
  },
  {
    name: "fragment.last-is-all",
    about: "is done when the last part comes",
    shownBy: "12.4",
    cause: "PHANTOM",
    issue: "https://github.com/RIPE-NCC/hadoop-pcap/issues/27",
  },
  {
    name: "fragment.late-duplicates",
    about: "forgets a finished message at once",
    shownBy: "12.3",
    cause: "DUPLICATED",
    issue: "https://github.com/RIOT-OS/RIOT/pull/12593",
  },
  {
    name: "fragment.one-at-a-time",
    about: "drops a message when another one begins",
    shownBy: "12.1",
    cause: "LOST",
    issue: "https://github.com/mobile-shell/mosh/pull/910",
  },
  {
    name: "fragment.lengths-unchecked",
    about: "takes parts of any length",
    shownBy: "12.5",
    cause: "PHANTOM",
    issue: "https://github.com/mas-bandwidth/reliable/pull/39",
  },
  {
    name: "fragment.short-header-crash",
    about: "ends at a header that is cut off",
    shownBy: "12.5",
    cause: "CRASH",
    issue: "https://github.com/MitchellMarinoDev/carrier-pigeon/issues/4",
  },
  {
    name: "fragment.overlap",
    about: "takes a part that overlaps the next one",
    shownBy: "12.8",
    cause: "PHANTOM",
    issue: "https://github.com/arcboxlabs/arcbox/pull/482",
  },
  {
    name: "fragment.holes-filled",
    about: "fills a hole with zeros",
    shownBy: "12.8",
    cause: "PHANTOM",
    issue: "https://github.com/ricktaylor/hardy/pull/606",
  },
  {
    name: "fragment.totals-unchecked",
    about: "takes the totals of the last fragment",
    shownBy: "12.8",
    cause: "PHANTOM",
    issue: "https://github.com/permissionlesstech/bitchat/pull/1515",
  },
  {
    name: "fragment.index-unchecked",
    about: "uses an index that is out of range",
    shownBy: "12.8",
    cause: "CRASH",
    issue: "https://github.com/TES3MP/CrabNet/issues/20",
  },
  {
    name: "fragment.division-by-zero",
    about: "divides by a count of 0",
    shownBy: "12.8",
    cause: "CRASH",
  },
  {
    name: "fragment.last-bytes-win",
    about: "replaces a part by other bytes",
    shownBy: "12.8",
    cause: "PHANTOM",
    issue: "https://github.com/JarryShaw/PyPCAPKit/issues/477",
  },
  {
    name: "fragment.first-bytes-win",
    about: "keeps a part that is contradicted",
    shownBy: "12.8",
    cause: "PHANTOM",
    issue: "https://github.com/pion/dtls/pull/1099",
  },
  {
    name: "fragment.never-expires",
    about: "keeps an unfinished message for ever",
    shownBy: "12.9",
    cause: "PHANTOM",
    issue: "https://github.com/eclipse-ecal/ecal/pull/342",
  },
  {
    name: "fragment.expires-early",
    about: "forgets an unfinished message too early",
    shownBy: "12.9",
    cause: "LOST",
    issue: "https://github.com/contiki-os/contiki/pull/766",
  },
  {
    name: "fragment.unbounded",
    about: "keeps every unfinished message",
    shownBy: "12.9",
    cause: "LEAK",
    issue: "https://github.com/eclipse-tinydtls/tinydtls/issues/273",
  },
  {
    name: "fragment.peers-mixed",
    about: "puts parts of two peers together",
    shownBy: "12.11",
    cause: "LOST",
    issue: "https://github.com/apache/nuttx/pull/19597",
  },
];

/** The servers that are right, as commands; `{port}` is replaced. */
export const RIGHT_DATAGRAM_SERVERS: readonly (readonly [name: string, command: string])[] = [
  ["Python", "python3 conformance/testdata/datagrams/zoo.py {port} plain.none"],
  ["Node.js", "node conformance/testdata/datagrams/echo.mjs {port}"],
  [
    "Deno",
    "deno run --unstable-net --allow-net conformance/testdata/datagrams/echo.ts {port}",
  ],
  ["Python, fragments", "python3 conformance/testdata/datagrams/zoo.py {port} fragment.none"],
];
