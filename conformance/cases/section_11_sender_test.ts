import { assertEquals, assertStringIncludes } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import { judgeOutput } from "../judge/judge_output.ts";
import type { Play } from "../player/play.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { framePart, Stimulus } from "../stimulus/stimulus.ts";
import { deliver } from "../strategy/delivery.ts";
import { frame, Frames, readSome, right, sleep, verdictOf, writeAll } from "./testing.ts";

/** Gives each frame to `answer`, one after the other. */
function answering(answer: (whole: Uint8Array, socket: Deno.TcpConn) => Promise<unknown>) {
  return async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    for (let bytes; (bytes = await readSome(socket)) !== null;) {
      for (const whole of frames.take(bytes)) await answer(whole, socket);
    }
  };
}

/** Gives each frame to `answer` and does not wait for it. */
function sideBySide(answer: (whole: Uint8Array, socket: Deno.TcpConn) => Promise<unknown>) {
  return answering((whole, socket) => {
    answer(whole, socket).catch(() => {});
    return Promise.resolve();
  });
}

Deno.test("every case of section 11 passes with a right target", async () => {
  const cases = ["11.1", "11.2", "11.3", "11.4", "11.5", "11.6"];
  for (const id of cases) assertEquals([id, await verdictOf(id, right)], [id, "PASS"]);
});

Deno.test("11.1 a line feed behind some frames fails", async () => {
  const chatty = answering(async (whole, socket) => {
    await writeAll(socket, whole);
    if (whole.length > 4096) await writeAll(socket, Uint8Array.of(10));
  });
  assertStringIncludes(await verdictOf("11.1", chatty), "FAIL");
});

Deno.test("11.1 bytes that no later frame shows are seen all the same", () => {
  const contract = { framing: framing("u32be"), expectation: EXPECTATIONS.echo };
  const part = framePart(contract, Uint8Array.of(1, 2));
  const subject = (...reads: Uint8Array[]): Play => ({
    delivery: deliver(new Stimulus(contract, [part])),
    connection: 1,
    chunks: [],
    reads: reads.map((bytes) => ({ atMs: 1, bytes })),
    answers: [Uint8Array.of(1, 2)],
    lateAt: [],
    state: "open",
    startedMs: 0,
    finishedMs: 2,
  });
  assertEquals(judgeOutput({ subject: subject(part.wire) }, contract, false), null);
  const finding = judgeOutput({ subject: subject(part.wire, Uint8Array.of(10)) }, contract, false);
  assertEquals(finding?.cause, "PHANTOM");
});

Deno.test("11.2 answers written into each other fail", async () => {
  const inPieces = sideBySide(async (whole, socket) => {
    if (whole.length < 4096) return await writeAll(socket, whole);
    await writeAll(socket, whole.subarray(0, 4096));
    await sleep(0); // others get their turn
    await writeAll(socket, whole.subarray(4096));
  });
  assertStringIncludes(await verdictOf("11.2", inPieces), "FAIL");
});

Deno.test("11.3 a write that is not continued fails", async () => {
  const careless = answering((whole, socket) => socket.write(whole));
  assertStringIncludes(await verdictOf("11.3", careless), "FAIL");
});

Deno.test("11.4 a length in characters fails", async () => {
  const inCharacters = answering(async (whole, socket) => {
    const payload = whole.subarray(4);
    const answer = frame(payload);
    const characters = new TextDecoder().decode(payload).length;
    new DataView(answer.buffer).setUint32(0, characters);
    await writeAll(socket, answer);
  });
  // Binary payloads are no text: control 0.3 fails, and all that follows is text.
  assertStringIncludes(await verdictOf("11.4", inCharacters), "FAIL");
});

Deno.test("11.5 a target that does not read what it wrote fails", async () => {
  const blank = (space: string) => async (socket: Deno.TcpConn) => {
    // It reads `Content-Length: N`, and writes it with or without the blank.
    let text = "";
    for (let bytes; (bytes = await readSome(socket)) !== null;) {
      text += String.fromCharCode(...bytes);
      for (;;) {
        const end = text.indexOf("\r\n\r\n") + 4;
        if (end < 4) break;
        const length = Number(/^Content-Length: (\d+)/.exec(text)?.[1] ?? 0);
        if (text.length < end + length) break;
        const body = text.slice(end, end + length);
        text = text.slice(end + length);
        const answer = `Content-Length:${space}${length}\r\n\r\n${body}`;
        await writeAll(socket, Uint8Array.from(answer, (letter) => letter.charCodeAt(0)));
      }
    }
  };
  const options = { framing: "content-length" };
  assertEquals(await verdictOf("11.5", blank(" "), options), "PASS");
  assertStringIncludes(await verdictOf("11.5", blank(""), options), "FAIL");
});

Deno.test("11.6 answers that overtake each other fail", async () => {
  const overtaking = sideBySide(async (whole, socket) => {
    if (whole.length > 2000) await sleep(2);
    await writeAll(socket, whole);
  });
  assertStringIncludes(await verdictOf("11.6", overtaking), "FAIL");
});
