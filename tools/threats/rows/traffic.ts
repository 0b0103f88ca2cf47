/**
 * S8 to S11, S18, S21, S25: bytes and connections.
 * @module
 */
import * as access from "../probes/access.ts";
import * as bytes from "../probes/bytes.ts";
import * as time from "../probes/time.ts";
import { cve, inFile, issue, type Threat } from "../threat.ts";

const adversarial = inFile("protocol/framing/adversarial_test.ts");
const decoder = inFile("protocol/framing/frame_decoder_test.ts");
const envelope = inFile("protocol/framing/envelope_test.ts");
const stream = inFile("protocol/framing/frame_stream_test.ts");
const link = inFile("protocol/native/link_test.ts");
const inTurn = inFile("server/in_turn_test.ts");
const lengths = inFile("protocol/framing/length_field_test.ts");
const handshake = inFile("protocol/native/handshake_test.ts");
const keepalive = inFile("protocol/native/keepalive_test.ts");
const slow = inFile("protocol/native/slow_peer_test.ts");
const deadlines = inFile("protocol/session/deadlines_test.ts");
const rate = inFile("protocol/session/frame_rate_test.ts");
const listen = inFile("protocol/transport/listen_test.ts");
const datagram = inFile("protocol/transport/datagram_test.ts");
const answers = inFile("server/datagrams/answer_guard_test.ts");
const datagrams = inFile("server/datagrams/serve_datagrams_test.ts");
const unixgram = inFile("server/datagrams/unixgram_socket_test.ts");
const raw = inFile("server/dialects/dialects_test.ts");
const guard = inFile("server/guard_test.ts");
const newcomers = inFile("server/newcomers_test.ts");
const door = inFile("server/doorkeeper_test.ts");
const slots = inFile("server/connection_slots_test.ts");
const program = inFile("server/program_test.ts");
const abuse = inFile("tools/abuse/abuse_test.ts");
const fuzz = inFile("tools/fuzz/fuzz_test.ts");
const tiny = inFile("server/tiny_frames_test.ts");
const ending = inFile("server/end_in_transfer_test.ts");
const server = inFile("server/server_test.ts");
const phases = inFile("server/deadlines_test.ts");
const reload = inFile("server/reload/reload_test.ts");
const workers = inFile("server/workers/workers_test.ts");
const trust = inFile("client/trust/tls_trust_test.ts");
const output = inFile("client/output_test.ts");

/** What threatens whoever listens. */
export const TRAFFIC: readonly Threat[] = [
  {
    id: "S8",
    title: "Lengths and headers that lie",
    threat: "A length or a header makes the reader crash, take memory, or read something else.",
    happened: `${cve("2024-12084", "rsync")}, rsync 53794 and 70456 (2026)`,
    lesson: "`struct.unpack('i', conn.recv(4))`, and then `recv` so many bytes",
    covered: [
      [
        "0, the limit, one more",
        adversarial(
          "case 5: the limit itself passes; one byte more fails at the header, before any payload",
        ),
      ],
      [
        "2^31, 2^32 - 1, negative",
        adversarial(
          "case 6: ff ff ff ff is 4294967295 unsigned and an error signed, never an empty frame",
        ),
        adversarial("case 8: a length near the maximum does not wrap when it is adjusted"),
        lengths("${spec} refuses ${wire} as ${error} at its header"),
      ],
      ["64 bits are never rounded", adversarial("case 7: 64-bit lengths are never rounded")],
      [
        "NaN, fractions, negative and missing sizes in JSON",
        envelope('json+u8 streamed: ${wire} gives ${said.join(", ")}, byte by byte too'),
        handshake("whoever breaks the protocol is told how, and closed"),
      ],
      ["JSON 10,000 deep", envelope("JSON nested 10,000 deep is read without harm")],
      [
        "members twice, `__proto__`, `constructor`",
        envelope("a header without size has no body; __proto__ and duplicate keys are only data"),
        handshake(
          "members that are not known are passed over, doubled ones count once, __proto__ is a name",
        ),
      ],
      [
        "random and mutated inputs at every entry point, time and memory bounded",
        fuzz("no entry has a finding, with the fixed seed and with a fresh one"),
        fuzz("what was found once stays mended"),
      ],
      [
        "memory follows what has come, not what is claimed",
        adversarial("case 11: a claim of 1 GiB with ten bytes behind it costs less than 64 KiB"),
        decoder("a claim of 1 GiB followed by silence keeps less than 64 KiB"),
      ],
    ],
    probe: bytes.lies,
  },
  {
    id: "S9",
    title: "Tiny pieces",
    threat: "Pieces of one byte each cost a buffer each.",
    happened: cve("2026-48779", "ws"),
    lesson: "`parts.append(conn.recv(65536))`",
    covered: [
      [
        "a kept frame pins no read buffer",
        stream(
          "copies of frames that come one in a chunk share blocks too: none holds 16 KiB alone",
        ),
      ],
      [
        "100,000 empty and one-byte frames: memory of the process",
        tiny("100,000 empty and 100,000 one-byte frames are answered and cost no memory"),
        tiny("frames that nobody takes the answers of stop the one who sends them, not the server"),
      ],
      [
        "more frames than `--max-frame-rate`: read from more slowly, all served",
        rate("frames that come too fast are all served, no faster than they may"),
        rate("over any time no more frames pass than the rate allows, whatever comes"),
        rate(
          "nonstick/1: messages have their rate, too, and being read from late is no silence",
        ),
      ],
      [
        "empty frames by the thousand",
        adversarial(
          "case 12: empty frames first, last, a thousand in a chunk, and each in a chunk",
        ),
      ],
      [
        "work stays linear in single bytes",
        adversarial("case 20: work is linear in single bytes, and with no end in sight"),
      ],
    ],
    probe: bytes.trickle,
  },
  {
    id: "S10",
    title: "Slowness",
    threat: "Peers that send or take next to nothing hold a place for ever.",
    happened: `rsync 70464 (2026), ${
      issue("sigoden/dufs", 368)
    }, Deno's \`listenTls\` (it has no handshake timeout)`,
    lesson: "`conn.recv(1024)` waits as long as the peer likes",
    covered: [
      [
        "no bytes at all",
        raw("raw: who says nothing, or takes no answer, is closed in time"),
        handshake("silence ends with the handshake deadline, on both sides"),
      ],
      [
        "a TLS handshake that does not begin",
        program("TLS: a peer that does not shake hands is given up in time, others are served"),
      ],
      [
        "headers and bodies that drip",
        slow(
          "a drip extends neither the handshake nor a message: header, body, in an exchange or not",
        ),
        guard("a file that trickles in ends by its speed, not by hours"),
        deadlines("a message earns time with its bytes, and no drip extends it beyond"),
      ],
      [
        "a peer that never reads, or in crumbs",
        keepalive("a client that asks and never reads is dropped; what waits for it is bounded"),
        deadlines("who takes bytes too slowly falls behind, however often it takes one"),
        slow("credit in crumbs is no progress"),
      ],
      [
        "each option of the server, in every dialect",
        phases("--handshake-timeout: whoever says nothing is given up"),
        phases("--idle-timeout: whoever falls silent is given up"),
        phases(
          "--frame-timeout: whoever does not finish, or does not take the answers, is given up",
        ),
        phases("--min-rate: a message may take longer by what its bytes are worth"),
      ],
    ],
    probe: time.silence,
  },
  {
    id: "S11",
    title: "Crowds",
    threat: "More connections than the system has files end the server for everybody.",
    happened: "Deno's `for await (const conn of listener)` ends at the first `EMFILE`",
    lesson: "`while True: conn, addr = server.accept()`",
    covered: [
      [
        "the accept loop goes on",
        listen("the accept loop survives running out of file descriptors"),
        listen("the accept loop waits 5 ms to 1 s after failures, anew after each success"),
      ],
      [
        "caps: all together, one address or /64, those who have not introduced themselves",
        slots("slots are given in the order of asking, and never more than there are"),
        door("each source has its share, however many addresses of a /64 it uses"),
        newcomers("whoever has most of them loses its oldest one"),
        guard("newcomers push out newcomers, never those who have introduced themselves"),
      ],
      [
        "a burst has room to wait in, so that nobody has to dial again",
        program(
          "a burst finds room to wait in by default: who does not has lost a second before it can tell",
        ),
      ],
      [
        "peers that make as much work as they can go round; others are looked after in between",
        link("messages without end leave room for everything else"),
        inTurn("${direction}: connections that move much leave room for everything else"),
      ],
      [
        "more connections than files, silent ones, never-reading ones and tiny frames at once; then a good client",
        abuse("a good client is answered among more bad ones than the server has files for"),
      ],
      [
        "what is remembered of sources is bounded",
        door(
          "a flood of sources does not grow without bound, nor push out who is in or has most to fear",
        ),
      ],
    ],
    probe: time.crowd,
  },
  {
    id: "S18",
    title: "Datagram loops and amplification",
    threat:
      "A forged source makes the server send to others, or two servers answer each other for ever.",
    happened: cve("2024-2169", "UDP services"),
    lesson: "`server.sendto(data, client_addr)`",
    covered: [
      [
        "no answer is larger than the question",
        answers("no answer is larger than what was asked, but to this machine"),
        datagrams("an answer in fragments is no larger than what was asked, headers included"),
      ],
      [
        "well-known source ports, and the server itself",
        answers("nobody is answered whose answer would be answered"),
      ],
      [
        "no answer to an own answer",
        answers(
          "an answer that comes back is answered so often and no more, until there was silence",
        ),
        datagrams("two echo servers over real sockets fall silent at once"),
        datagrams(
          "two servers that are set on each other fall silent at once, whatever they serve",
        ),
      ],
      [
        "a rate for each source, in bounded memory",
        answers("each source has its rate, whatever its ports; this machine has none"),
        answers("sources that come once do not fill the memory, nor make others forgotten at once"),
      ],
      [
        "oversize and empty",
        datagram("${name}: what does not fit is told, never cut short, and the next one comes"),
        datagram("${name}: several never join, whatever their length"),
      ],
      [
        "who asks over Unix datagrams and never reads",
        unixgram(
          "who asks ${length} bytes at a time over unixgram and never reads (${how}) does not stop the server",
        ),
        unixgram("who was late twice gets nothing for a while, and a close does not wait for it"),
      ],
    ],
    probe: access.datagramLoop,
  },
  {
    id: "S21",
    title: "Another protocol",
    threat: "HTTP or TLS bytes are taken for a request, or wait for ever.",
    happened: issue("ergochat/ergo", 2239),
    lesson: "the first four bytes are a length, whoever sent them",
    covered: [
      [
        "HTTP, TLS, SSH, noise: a clear answer, closed",
        handshake(
          "HTTP, TLS, SSH and noise are refused with words that they can read, however cut",
        ),
      ],
      ["a client at another server", handshake("a server that is none is named as such")],
      [
        "older and newer peers",
        handshake("whoever breaks the protocol is told how, and closed"),
        handshake(
          "members that are not known are passed over, doubled ones count once, __proto__ is a name",
        ),
      ],
    ],
    open:
      "A raw dialect has no first bytes of its own: there HTTP is just text (docs/DIALECTS.md).",
    probe: bytes.otherProtocol,
  },
  {
    id: "S25",
    title: "The end",
    threat: "A signal in the middle of a transfer loses what was under way.",
    happened: "[cpython socketserver #75416](https://github.com/python/cpython/issues/75416)",
    lesson: "Ctrl-C is a traceback",
    covered: [
      [
        "SIGTERM in a transfer: it may end, within a deadline; no half file",
        ending("SIGTERM during an upload: it may end, is whole, and the exit code is 0"),
        ending("SIGTERM during an upload that does not go on: closed in time, and no half file"),
      ],
      [
        "drain, within a deadline",
        program("SIGTERM lets a running connection end"),
        server("shutdown closes what does not end in time, and blames no handler for it"),
      ],
      [
        "of all workers",
        workers("SIGTERM lets running connections of all workers end"),
        workers("what does not end in time is closed in all workers"),
      ],
      [
        "a second signal",
        program("a second signal ends the server at once"),
        ending("two SIGINT during an upload: at once, and no half file of that name"),
      ],
      [
        "SIGHUP: what it says holds for who comes next, open connections go on",
        reload("SIGHUP: limits and lists hold for who connects next, open connections go on"),
        reload("SIGHUP: more and fewer connections, other log lines"),
        reload("SIGHUP: every worker takes it over"),
      ],
      [
        "SIGHUP: a token and a certificate",
        reload("SIGHUP: the token is read again, and cannot be taken away"),
        workers("SIGHUP gives every worker the new certificate"),
        trust("a server is trusted by its pin, or remembered, and a changed one is a hard stop"),
      ],
      [
        "SIGHUP: nothing is opened to strangers by it",
        reload("SIGHUP: what would open the server to strangers is refused"),
      ],
      [
        "SIGPIPE: the reader of our output has gone",
        ending("who reads the server's output may go: it serves on"),
        output("a reader who has gone is told apart from other failures"),
      ],
    ],
    probe: time.sigterm,
  },
];
