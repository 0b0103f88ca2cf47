import type { Mutant } from "../family.ts";
import type { LengthParts } from "./length_prefix.ts";

/** What goes wrong with a plain length in front: most of it goes wrong with any framing. */
export const LENGTH_PREFIX_MUTANTS: readonly Mutant<LengthParts>[] = [
  {
    name: "header-only-eof",
    copies: "tokio-util, it-length-prefixed, apache/arrow-go#991",
    flaw: "an empty buffer is taken for a frame edge, though a header has been used up",
    change: { unfinished: ({ queue }) => queue.length > 0 },
  },
  {
    name: "eof-in-header-silent",
    copies: "libp2p/rust-libp2p#4565, golang.org/x/net Framer",
    flaw: "the end inside a header is taken for a clean one",
    change: { unfinished: ({ memo }) => memo.length >= 0 },
  },
  {
    name: "eof-silent",
    copies: "Netty LengthFieldBasedFrameDecoder, Twisted IntNStringReceiver",
    flaw: "the end inside a frame is never an error",
    change: { unfinished: () => false },
  },
  {
    name: "partial-frame-at-eof",
    copies: "guard/rb-fsevent#98",
    flaw: "what is there of the last frame is handed out at the end",
    change: { leftOver: ({ queue }) => queue.length === 0 ? [] : [queue.take(queue.length)] },
  },
  {
    name: "recv-as-frame",
    copies: "GBert/railroad#2",
    flaw: "what one read gave is taken for the whole payload",
    change: { bodyIsHere: () => true },
  },
  {
    name: "short-header-as-value",
    copies: "samsamfire/gocanopen#71",
    flaw: "a header that is not all there is read anyway, with zeros for what is missing",
    change: { headerIsHere: ({ queue }) => queue.length > 0 },
  },
  {
    name: "last-read-as-total",
    copies: "paritytech/litep2p#512",
    flaw: "the length of the last read is held against the payload's, not that of all reads",
    change: {
      bodyIsHere: ({ queue, memo }, length) => queue.length >= length && memo.lastChunk >= length,
    },
  },
  {
    name: "buffer-not-kept",
    copies: "vtz/opensomeip#255",
    flaw: "what is left of a chunk is forgotten with it",
    change: {
      takeIn({ queue }, chunk) {
        queue.clear();
        queue.append(chunk);
      },
    },
  },
  {
    name: "carry-of-one-chunk",
    copies: "irontec/sngrep#106",
    flaw: "a frame in more than two pieces is not put together: only the piece before is kept",
    change: {
      takeIn({ queue, memo }, chunk) {
        if (queue.length > 0 && memo.inside > 0) queue.skip(Math.min(queue.length, memo.inside));
        memo.inside = queue.length;
        queue.append(chunk);
      },
    },
  },
  {
    name: "incomplete-frame-dropped",
    copies: "pymodbus-dev/pymodbus#396, pymodbus-dev/pymodbus#1922",
    flaw: "a frame whose payload is not here yet is thrown away",
    change: {
      wait({ queue, memo }) {
        queue.clear();
        memo.length = -1;
      },
    },
  },
  {
    name: "rest-of-read-dropped",
    copies: "NormB/sipnab#95, irontec/sngrep#466",
    flaw: "what follows a frame in the same read is thrown away",
    change: { nextFrame: ({ queue }) => queue.clear() },
  },
  {
    name: "last-frame-of-read",
    copies: "Csontikka/esphome-tailscale#35",
    flaw: "of the frames in one read only the last is handed out",
    change: { deliver: (frames) => [...frames].slice(-1) },
  },
  {
    name: "frame-per-read",
    copies: "SIPp/sipp#675",
    flaw: "one frame is handed out for a read; the others wait for the next read",
    change: {
      *deliver(frames) {
        for (const frame of frames) return yield frame;
      },
    },
  },
  {
    name: "aliased-input",
    copies: "it-length-prefixed, uNetworking/uWebSockets fragment_test.ts",
    flaw: "the chunk itself is kept, not a copy of it",
    change: { takeIn: ({ queue }, chunk) => queue.adopt(chunk) },
  },
  {
    name: "aliased-output",
    copies: "Go bufio.Scanner.Bytes, @std/streams DelimiterStream",
    flaw: "frames are views into a buffer that is written to again",
    change: {
      handOut({ queue }, count) {
        const view = queue.peek(count);
        queue.skip(view.length);
        return view;
      },
    },
  },
  {
    name: "byte-offset-ignored",
    copies: "lunapaint/png-codec#5, hiero-ledger/hiero-sdk-js#782",
    flaw: "a chunk that is a view is read from the start of its buffer",
    change: {
      takeIn: ({ queue }, chunk) => queue.append(new Uint8Array(chunk.buffer, 0, chunk.length)),
    },
  },
  {
    name: "empty-chunk-is-end",
    copies: "tronprotocol/libp2p#31, Python's recv() == b''",
    flaw: "an empty chunk is taken for the end of the stream",
    change: { isEnd: (chunk) => chunk.length === 0 },
  },
  {
    name: "error-forgotten",
    copies: "tokio-rs/tokio#3976",
    flaw: "after an error the decoder starts afresh",
    change: {
      remember({ queue }) {
        queue.clear();
        return null;
      },
    },
  },
  {
    name: "frames-again-after-error",
    copies: "Twisted IntNStringReceiver",
    flaw: "after an error the bytes of that read are decoded once more with the next",
    change: {
      remember({ queue, memo }) {
        queue.rewind(memo.lastStart);
        return null;
      },
    },
  },
  {
    name: "frames-before-error-lost",
    copies: "conformance case 2.7",
    flaw: "an error takes the good frames of the same read with it",
    change: { deliver: (frames) => [...frames] },
  },
  {
    name: "error-with-the-body",
    copies: "Netty failFast=false",
    flaw: "a length over the limit is an error only when the whole payload is here",
    change: { checkedNow: ({ queue }, length) => queue.length >= length },
  },
  {
    name: "limit-off-by-one",
    copies: "neo4j/neo4j#11918",
    flaw: "one byte over the limit is let through",
    change: { tooLong: (length, most) => length > most + 1 },
  },
  {
    name: "limit-itself-refused",
    copies: "Go bufio.Scanner",
    flaw: "a frame of exactly the limit is refused",
    change: { tooLong: (length, most) => length >= most },
  },
  {
    name: "limit-truncates",
    copies: "Field-of-Dream-Studio/hotaru#28",
    flaw: "an over-long frame is cut to the limit, and the rest read as the next frame",
    change: { adjusted: (length, _, most) => Math.min(length, most) },
  },
  {
    name: "signed-length",
    copies: "CVE-2019-6250, Python multiprocessing",
    flaw: "the length is read as a signed number",
    change: { readLength: ({ queue }, width) => queue.number(width) | 0 },
  },
  {
    name: "length-cut-to-16-bits",
    copies: "coturn/coturn#1837, the-tcpdump-group/libpcap#1685",
    flaw: "the length goes through a 16-bit variable",
    change: { readLength: ({ queue }, width) => queue.number(width) & 0xffff },
  },
  {
    name: "alloc-on-claim",
    copies: "CVE-2023-34462, netty/netty#13457, length-prefixed-stream",
    flaw: "memory for the whole payload is set aside when its length is read",
    change: { makeRoom: ({ queue }, length) => queue.reserve(length) },
  },
  {
    name: "concat-per-chunk",
    copies: "msgpackr stream, @std/streams FixedChunkStream",
    flaw: "everything kept is copied again for every chunk",
    change: { takeIn: ({ queue }, chunk) => queue.concat(chunk) },
  },
  {
    name: "empty-frame-waits",
    copies: "apple/servicetalk#730, apple/swift-nio-http2#51",
    flaw: "an empty frame is handed out only when another byte has come",
    change: {
      bodyIsHere: ({ queue }, length) => queue.length >= length && queue.length > 0,
    },
  },
  {
    name: "empty-frames-without-end",
    copies: "BallAerospace/COSMOS#1063",
    flaw: "an empty frame is not used up, and handed out for ever",
    change: {
      nextFrame({ memo }, frame) {
        if (frame.length === 0) memo.length = 0;
      },
    },
  },
  {
    name: "minimum-13-bytes",
    copies: "NetGauze/NetGauze#597",
    flaw: "frames are looked for only when the bytes of the largest header are here",
    change: { headerIsHere: ({ queue }) => queue.length >= 13 },
  },
  {
    name: "skip-forgets-across-cut",
    copies: "Netty (skip mode), split2",
    flaw: "what is left to drop of an over-long frame is forgotten when the chunk is used up",
    change: { leftToDrop: () => 0 },
  },
];
