import { assertEquals, assertStringIncludes } from "@std/assert";
import { close, Frames, readSome, right, sleep, verdictOf, within, writeAll } from "./testing.ts";

/** Answers beside reading, and hangs up at the end of its input whatever is still to be written. */
async function hasty(socket: Deno.TcpConn): Promise<void> {
  const frames = new Frames();
  let written = Promise.resolve();
  for (let bytes; (bytes = await readSome(socket)) !== null;) {
    for (const whole of frames.take(bytes)) {
      written = written.then(() => writeAll(socket, whole)).catch(() => {});
    }
  }
}

Deno.test("8.4 a target that keeps bytes of a reset connection fails, whenever it looks at the reset", async () => {
  let left: Uint8Array = new Uint8Array(0), next = Promise.withResolvers<void>(), resets = 0;
  const keeping = async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    frames.rest = left;
    left = new Uint8Array(0);
    next.resolve();
    next = Promise.withResolvers();
    const accepted = next.promise;
    try {
      for (let bytes; (bytes = await readSome(socket)) !== null;) {
        for (const whole of frames.take(bytes)) await writeAll(socket, whole);
      }
    } catch {
      // Every second time it has accepted the next connection before.
      if (++resets % 2 === 0) await accepted;
      left = frames.rest;
    }
  };
  assertEquals(await verdictOf("8.4", keeping), "FAIL DESYNC");
  assertEquals(await verdictOf("8.4", right), "PASS");
});

Deno.test("8.5 a target that hangs up before its answers are out fails", async () => {
  assertEquals(await verdictOf("8.5", right), "PASS");
  assertStringIncludes(await verdictOf("8.5", hasty), "FAIL");
});

Deno.test("8.6 a target that loses a frame in two chunks when the end follows at once fails", async () => {
  assertEquals(await verdictOf("8.6", right), "PASS");
  const looksFirst = async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    for (let reading = readSome(socket), bytes; (bytes = await reading) !== null;) {
      const begun = frames.rest.length > 0;
      const whole = frames.take(bytes);
      reading = readSome(socket);
      // A frame that took two reads is answered a moment later, unless the end has come.
      if (begun && await within(reading, 5) === null) return;
      for (const one of whole) await writeAll(socket, one);
    }
  };
  assertEquals(await verdictOf("8.6", looksFirst), "FAIL LOST");
});

Deno.test("8.8 closing and keeping open are both right, answers that do not come are not", async () => {
  assertEquals(await verdictOf("8.8", right), "PASS");
  const neverCloses = async (socket: Deno.TcpConn) => {
    await right(socket);
    await sleep(500);
  };
  assertEquals(await verdictOf("8.8", neverCloses), "PASS");
  const slowAndHasty = async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    let answering = Promise.resolve();
    for (let bytes; (bytes = await readSome(socket)) !== null;) {
      const whole = frames.take(bytes);
      answering = answering.then(() => sleep(5)).then(async () => {
        for (const one of whole) await writeAll(socket, one);
      }).catch(() => {});
    }
    close(socket);
  };
  assertEquals(await verdictOf("8.8", slowAndHasty), "FAIL LOST");
});

Deno.test("8.9 a target that answers what comes after its own end fails", async () => {
  const limit = { maxFrame: 1000 };
  const limited = (goesOn: boolean) => async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    for (let bytes; (bytes = await readSome(socket)) !== null;) {
      for (const whole of frames.take(bytes)) {
        if (whole.length > 1004 && !goesOn) return;
        // It takes the bytes inside of a frame that is too long for frames.
        await writeAll(socket, whole.length > 1004 ? whole.subarray(0, 4) : whole);
      }
    }
  };
  assertEquals(await verdictOf("8.9", limited(false), limit), "PASS");
  assertStringIncludes(await verdictOf("8.9", limited(true), limit), "FAIL");
});
