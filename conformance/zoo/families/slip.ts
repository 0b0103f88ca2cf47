import { broken, type Family, odd } from "../family.ts";
import { HABITS, type Habits, type Plain, PlainError } from "../plain_decoder.ts";

const END = 0xc0, ESC = 0xdb, ESC_END = 0xdc, ESC_ESC = 0xdd;

/** RFC 1055: frames end with C0; in them C0 is DB DC, and DB is DB DD. */
export interface SlipParts extends Habits {
  /** Whether a frame of nothing is one. */
  readonly emptyFrames: boolean;
  /** Whether the byte at `at` stands behind an escape. */
  escaped(plain: Plain, at: number): boolean;
  /** The byte that `byte` stands for behind an escape, or -1 if for none. */
  unescape(byte: number): number;
  /** How many bytes of the queue a frame took, and how many it gave. */
  used(wire: number, payload: number): number;
}

const SLIP: SlipParts = {
  ...HABITS,
  emptyFrames: false,
  escaped: ({ memo }) => memo.inside === 1,
  unescape: (byte) => byte === ESC_END ? END : byte === ESC_ESC ? ESC : -1,
  used: (wire) => wire,
};

function next(plain: Plain, parts: SlipParts): Uint8Array | null {
  const { queue, memo, settings } = plain;
  for (; memo.searched < queue.length; memo.searched++) {
    const at = memo.searched, byte = queue.at(at);
    const data = parts.escaped(plain, at) ? parts.unescape(byte) : byte;
    const ends = byte === END && (memo.inside === 0 || memo.dropping);
    if (ends) {
      const wasDropping = memo.dropping;
      memo.inside = memo.counted = memo.searched = 0;
      memo.dropping = false;
      if (wasDropping || (at === 0 && !parts.emptyFrames)) {
        queue.skip(at + 1);
        return next(plain, parts);
      }
      const payload = unstuff(queue.peek(at), parts);
      queue.work += at;
      queue.skip(parts.used(at + 1, payload.length));
      return payload;
    }
    if (memo.dropping) continue;
    if (data < 0) {
      refuse(plain, new PlainError("MALFORMED_FRAME", queue.position + at));
      // The marker may itself stand where an escaped byte was due.
      if (byte === END) memo.searched--;
      continue;
    }
    memo.inside = memo.inside === 0 && byte === ESC ? 1 : 0;
    if (memo.inside === 0) memo.counted++;
    if (parts.tooLong(memo.counted, settings.maxFrameLength)) {
      refuse(plain, new PlainError("FRAME_TOO_LARGE", queue.position));
    }
  }
  if (memo.dropping) {
    queue.clear();
    memo.searched = 0;
  }
  return null;
}

function refuse({ memo, settings, told }: Plain, error: PlainError): void {
  if (settings.overLimit === "close") throw error;
  told.push(error.message);
  memo.dropping = true;
}

/** The payload of a frame whose escapes are known to be right. */
function unstuff(wire: Uint8Array, parts: SlipParts): Uint8Array {
  const payload: number[] = [];
  for (let i = 0; i < wire.length; i++) {
    const byte = wire[i] ?? 0;
    if (byte === ESC && i + 1 < wire.length) payload.push(parts.unescape(wire[++i] ?? 0));
    else payload.push(byte);
  }
  return Uint8Array.from(payload);
}

function encode(_: SlipParts, payload: Uint8Array): Uint8Array {
  if (payload.length === 0) throw new RangeError("nothing to send");
  const stuffed = [...payload].flatMap((byte) =>
    byte === END ? [ESC, ESC_END] : byte === ESC ? [ESC, ESC_ESC] : [byte]
  );
  return Uint8Array.of(...stuffed, END);
}

/** `slip`. */
export const SLIP_FAMILY: Family<SlipParts> = {
  spec: "slip",
  parts: SLIP,
  rule: next,
  encode,
  maxOverhead: 18,
  payloadRange: [1, Infinity],
  samples: [
    odd(
      "escapes",
      Uint8Array.of(ESC, ESC_ESC, 0x61, ESC, ESC_END, END),
      Uint8Array.of(ESC, 0x61, END),
    ),
    broken("a bad escape", Uint8Array.of(0x61, ESC, 0x62, END), "MALFORMED_FRAME", 2),
    { ...odd("markers in a row", Uint8Array.of(END, END, 0x61, END), "a"), edges: [0, 1, 2] },
  ],
  mutants: [
    {
      name: "escape-lost-across-cut",
      copies: "tock/tockloader#20",
      flaw: "an escape at the end of a chunk is forgotten",
      change: {
        takeIn({ queue, memo }, chunk) {
          if (memo.inside === 1) {
            queue.append(queue.take(queue.length).subarray(0, -1));
            memo.searched--;
            memo.inside = 0;
          }
          queue.append(chunk);
        },
      },
    },
    {
      name: "phantom-empty-frames",
      copies: "bakercp/PacketSerial#7",
      flaw: "markers in a row make empty frames",
      change: { emptyFrames: true },
    },
    {
      name: "bad-escape-let-through",
      copies: "wmbusmeters/wmbusmeters#1996",
      flaw: "any byte behind an escape stands for itself",
      change: { unescape: (byte) => byte === ESC_END ? END : byte === ESC_ESC ? ESC : byte },
    },
    {
      name: "escape-of-another-byte",
      copies: "espressif/esp-serial-flasher#13",
      flaw: "the escaped escape stands for BD, not DB",
      change: { unescape: (byte) => byte === ESC_END ? END : byte === ESC_ESC ? 0xbd : -1 },
    },
    {
      name: "payload-length-as-used",
      copies: "MDA2AV/HttpArena#1431",
      flaw: "as many bytes are used up as the payload has, not as the frame had",
      change: { used: (_, payload) => payload + 1 },
    },
  ],
};
