import { assertEquals } from "@std/assert";
import { framing } from "./framings.ts";
import { UnencodableFrameError } from "./errors.ts";
import { hexText } from "./hex.ts";
import { decodeAll, random } from "./testing.ts";

const SPECS = [
  "u8 u16be u16le u24be u24le u32be u32le u64be u64le i32be i32le varint netstring slip cobs content-length",
  "u32be?includes=header u32be?adjust=-4 u16le?adjust=3 u32be?offset=2 u16be?offset=1&includes=header",
  "line line?strip=cr line?tail=frame delim:00 delim:0d0a0d0a delim:2323 delim:0a,0d0a,0d delim:414142",
  "marked:02:03 marked:7e:7e marked:0203:0301 fixed:1 fixed:5 json+u8 json+u32be json+i32le?size=filesize",
].join(" ").split(" ");

/** Bytes that mean something to one framing or another. */
const MEANINGFUL = [0, 1, 2, 3, 10, 13, 35, 44, 48, 58, 65, 66, 0x7e, 0xc0, 0xdb, 0xdc, 0xdd, 0xff];
const MAX = 600;

/** A payload of bytes that are easily taken for headers, markers and escapes. */
function randomPayload(pick: (n: number) => number, length: number): Uint8Array {
  return Uint8Array.from(
    { length },
    () => pick(3) > 0 ? 97 + pick(3) : MEANINGFUL[pick(MEANINGFUL.length)] ?? 0,
  );
}

for (const spec of SPECS) {
  const seed = Math.floor(Math.random() * 2 ** 31);
  Deno.test(`L1 and L2: ${spec} gives back what it was given, however it is cut (seed ${seed})`, () => {
    const pick = random(seed);
    const { createDecoder, createEncoder } = framing(spec);
    const encoder = createEncoder({ maxFrameLength: MAX });
    let carried = 0;
    for (let round = 0; round < 400; round++) {
      const wire: number[] = [], payloads: string[] = [];
      for (let i = pick(6); i > 0; i--) {
        const size = /^fixed:(\d+)/.exec(spec)?.[1];
        const payload = randomPayload(
          pick,
          size ? Number(size) : pick(round % 9 === 0 ? MAX + 1 : 9),
        );
        try {
          const frame = encoder.encode(payload);
          assertEquals(frame.length, encoder.encodedLength(payload));
          assertEquals(
            encoder.encodeParts(payload).map(hexText).join(""),
            hexText(frame),
            "in parts",
          );
          wire.push(...frame);
          payloads.push(hexText(payload));
        } catch (error) {
          if (!(error instanceof UnencodableFrameError)) throw error;
        }
      }
      // Every chunk lies in a dirty buffer and is overwritten once the decoder has had it (L7).
      const chunks = function* () {
        const most = [1, 5, 70, 2000][round % 4] ?? 1;
        for (let at = 0; at < wire.length;) {
          const size = Math.min(1 + pick(most), wire.length - at);
          const dirty = new Uint8Array(size + 6).fill(0xc0);
          dirty.set(wire.slice(at, at + size), 3);
          yield dirty.subarray(3, 3 + size);
          dirty.fill(0xdb);
          at += size;
        }
      };
      assertEquals(decodeAll(createDecoder({ maxFrameLength: MAX }), chunks()), payloads);
      carried += payloads.length;
    }
    assertEquals(carried > 100, true, `only ${carried} payloads could be carried`);
  });
}
