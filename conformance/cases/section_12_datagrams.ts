import { type ConformanceCase, unsupported } from "./case.ts";

/** What a case is about; how it is played is in `datagrams/`. */
type Told =
  & Omit<ConformanceCase, "plan" | "needs" | "level">
  & Partial<Pick<ConformanceCase, "level">>;

const TOLD: readonly Told[] = [
  {
    id: "12.1",
    title: "one datagram one message",
    requirement: "Each datagram is one message: never joined with the next one, never split.",
    why:
      "Code that was written for streams collects bytes in a buffer and looks for messages in it.",
    issue: "https://github.com/adafruit/Adafruit_WICED_Arduino/issues/80",
    fix: "Take what one receive gives as one message; keep no bytes from one to the next.",
  },
  {
    id: "12.2",
    title: "every order",
    requirement: "In whatever order datagrams come, each message is answered, once and whole.",
    why: "Networks with several paths deliver in another order than was sent.",
    issue: "https://github.com/lcm-proj/lcm/pull/175",
    fix: "Put fragments where their index says; expect nothing of the order of messages.",
  },
  {
    id: "12.3",
    title: "duplicates",
    requirement:
      "A datagram that comes twice is two messages; a fragment that comes twice changes nothing.",
    why:
      "Networks double datagrams, senders repeat them, and a sender that starts anew begins again.",
    issue: "https://github.com/contiki-ng/contiki-ng/pull/3135",
    fix: "Remember which fragments came, and which messages are finished, for each peer.",
  },
  {
    id: "12.4",
    title: "losses",
    requirement: "What comes is answered whatever else was lost; a message with a hole never is.",
    why: "A loss that holds up, or spoils, what is not lost makes one lost datagram many.",
    issue: "https://github.com/RIPE-NCC/hadoop-pcap/issues/27",
    fix: "Count which fragments came, not how many datagrams; wait for none before serving others.",
  },
  {
    id: "12.5",
    title: "lengths and truncation",
    requirement:
      "Datagrams of every length come back whole; a fragment that is cut off is refused.",
    why: "A receive buffer that is too short cuts the end off, and the system need not say so.",
    issue: "https://github.com/denoland/deno/issues/21609",
    fix: "Receive into 65,535 bytes; refuse a fragment whose part has not the length that is due.",
  },
  {
    id: "12.6",
    title: "empty datagrams",
    requirement:
      "A datagram without bytes is a message without bytes, and not the end of anything.",
    why: "For streams a receive of 0 bytes is the end; for datagrams it is not.",
    issue: "https://github.com/pupnp/pupnp/issues/498",
    fix: "End on an error or a closed socket only, never on a length of 0.",
  },
  {
    id: "12.7",
    title: "the longest ones, and one byte more",
    requirement:
      "A message as long as is allowed is answered whole; a longer one is not answered in part.",
    why:
      "The last byte that fits and the first one that does not are where buffers are off by one.",
    issue: "https://github.com/envoyproxy/envoy/issues/14113",
    fix: "Compare lengths before anything is copied; refuse what is too long as a whole.",
  },
  {
    id: "12.8",
    title: "faulty fragments",
    requirement:
      "Fragments that are missing, overlap, contradict others or are out of range make no message.",
    why: "An index is a place in memory: unchecked it is a write out of bounds.",
    issue: "https://github.com/TES3MP/CrabNet/issues/20",
    fix:
      "Check index, count, length and part against each other, and against those that came before.",
    negative: "header",
  },
  {
    id: "12.9",
    title: "unfinished messages",
    requirement: "Messages that are never finished take bounded memory, and are forgotten in time.",
    why: "Whoever sends first fragments only fills a server that keeps them all.",
    issue: "https://github.com/eclipse-tinydtls/tinydtls/issues/273",
    fix: "Bound the memory of unfinished messages, overall and for each peer; drop the oldest.",
    negative: "end of stream",
  },
  {
    id: "12.10",
    title: "several peers",
    requirement: "Each answer goes to who asked, whoever else asks in between.",
    why: "One socket serves all peers: an address kept from an earlier datagram is another's.",
    issue: "https://github.com/nodemcu/nodemcu-firmware/issues/1373",
    fix: "Answer to the address that came with the datagram.",
  },
  {
    id: "12.11",
    title: "stale sessions",
    requirement: "What an earlier peer sent shows in nothing that a later one gets.",
    why: "A buffer that is used again holds the end of what came before; ids repeat between peers.",
    issue: "https://github.com/xroche/httrack/issues/1496",
    fix: "Use no byte behind the length that was received; keep fragments by peer and id.",
  },
  {
    id: "12.12",
    title: "bit errors",
    requirement: "Bytes that are damaged come back as they came; damaged headers splice nothing.",
    why: "A checksum of 16 bits lets one in 65,536 through, and NAT boxes make it anew.",
    fix: "Treat headers as claims: check each against the others.",
    negative: "header",
  },
  {
    id: "12.13",
    title: "two messages in one datagram",
    requirement: "What looks like two messages in one datagram is one message.",
    why: "A server that looks for line ends in datagrams answers twice, or joins what is apart.",
    issue: "https://github.com/jeelabs/el-client/issues/39",
    fix: "Do not look for marks in a datagram; its length says where the message ends.",
    negative: "payload",
  },
];

/** Section 12: datagrams. Over streams none of it applies. */
export const DATAGRAMS: readonly ConformanceCase[] = TOLD.map((one) => ({
  level: "MUST",
  ...one,
  plan: () => unsupported("only over datagrams: udp://HOST:PORT or unixgram:///PATH"),
}));
