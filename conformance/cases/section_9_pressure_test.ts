import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runConformance } from "../run_conformance.ts";
import { commandOf } from "../testdata/targets/targets.ts";
import { targetCommand } from "../testing.ts";
import {
  ECHO,
  frame,
  Frames,
  plantedServer,
  readSome,
  right,
  verdictOf,
  verdictText,
  within,
  writeAll,
} from "./testing.ts";

/** Without edge proof some of this cannot be seen. */
const PROVES = Deno.build.os === "linux";

/** Throws away what it has of a frame when nothing comes for `ms`. */
function forgetful(ms: number) {
  return async (socket: Deno.TcpConn) => {
    let frames = new Frames();
    for (let reading = readSome(socket);;) {
      const bytes = await within(reading, ms);
      if (bytes === null) return;
      if (bytes === "late") {
        frames = new Frames();
        const next = await reading;
        if (next === null) return;
        reading = Promise.resolve(next);
        continue;
      }
      for (const whole of frames.take(bytes)) await writeAll(socket, whole);
      reading = readSome(socket);
    }
  };
}

/** After `ms` of silence it does `last` and hangs up. */
function impatient(ms: number, last: (frames: Frames, socket: Deno.TcpConn) => Promise<void>) {
  return async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    for (let reading = readSome(socket);; reading = readSome(socket)) {
      const bytes = await within(reading, ms);
      if (bytes === "late") {
        await last(frames, socket);
        socket.close();
        await reading.catch(() => {});
        return;
      }
      if (bytes === null) return;
      for (const whole of frames.take(bytes)) await writeAll(socket, whole);
    }
  };
}

Deno.test("9.1 a target that forgets half a frame during a stall fails, one that waits passes", async () => {
  assertEquals(await verdictOf("9.1", right), "PASS");
  const verdict = await verdictOf("9.1", forgetful(100));
  assertStringIncludes(verdict, "FAIL");
});

Deno.test("9.1 past the idle timeout a target may hang up, but not take half a frame for a whole one", async () => {
  const idle = { idleMs: 100 };
  assertEquals(await verdictOf("9.1", impatient(100, () => Promise.resolve()), idle), "PASS");
  const flush = (frames: Frames, socket: Deno.TcpConn) =>
    writeAll(socket, frame(frames.rest.subarray(4)));
  assertEquals(await verdictOf("9.1", impatient(100, flush), idle), "FAIL PHANTOM");
});

Deno.test("9.2 a target that takes a pause for the end fails", async () => {
  assertEquals(await verdictOf("9.2", right), "PASS");
  assertStringIncludes(await verdictOf("9.2", forgetful(8)), "FAIL");
});

Deno.test("9.3 a target that keeps all answers in memory is told, one that waits passes", async () => {
  assertEquals(await verdictOf("9.3", right), "PASS");
  const unbounded = async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    let written = Promise.resolve();
    for (let bytes; (bytes = await readSome(socket)) !== null;) {
      for (const whole of frames.take(bytes)) {
        written = written.then(() => writeAll(socket, whole)).catch(() => {});
      }
    }
    await written;
  };
  assertEquals(await verdictOf("9.3", unbounded), "NONSTRICT LEAK");
  const forgets = async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    let waiting = 0;
    for (let bytes; (bytes = await readSome(socket)) !== null;) {
      for (const whole of frames.take(bytes)) {
        if (waiting > 1_000_000) continue; // too much to write: it drops answers, and says nothing
        waiting += whole.length;
        writeAll(socket, whole).then(() => waiting -= whole.length, () => {});
      }
    }
  };
  assertEquals(await verdictOf("9.3", forgets), "NONSTRICT LOST");
});

Deno.test("9.4 a target that never goes on after its writes had to wait fails", async () => {
  assertEquals(await verdictOf("9.4", right), "PASS");
  const over = Promise.withResolvers<void>();
  const stuck = async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    for (let bytes; (bytes = await readSome(socket)) !== null;) {
      for (const whole of frames.take(bytes)) {
        const started = performance.now();
        await writeAll(socket, whole);
        // Once a write had to wait it reads nothing more for as long as anybody has patience.
        if (performance.now() - started > 100) await over.promise;
      }
    }
  };
  await using server = plantedServer(stuck);
  try {
    const { cases } = await runConformance(server.endpoint, { ...ECHO, cases: ["9.4"] });
    assertStringIncludes(verdictText(cases, "9.4"), "FAIL");
  } finally {
    over.resolve();
  }
});

Deno.test("9.5 a target that a pause of 2 ms puts out of step fails", async () => {
  assertEquals(await verdictOf("9.5", right), "PASS");
  assertStringIncludes(await verdictOf("9.5", forgetful(1)), "FAIL");
});

Deno.test("9.6 a target that one peer can stop, or that mixes peers, fails", async () => {
  assertEquals(await verdictOf("9.6", right), "PASS");
  let last = Promise.resolve();
  const oneWriter = async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    for (let bytes; (bytes = await readSome(socket)) !== null;) {
      for (const whole of frames.take(bytes)) {
        // All connections wait for the same lock.
        last = last.then(() => writeAll(socket, whole)).catch(() => {});
        await last;
      }
    }
  };
  assertEquals(await verdictOf("9.6", oneWriter), "FAIL HANG");
  let inFrame = Promise.resolve();
  const lockedByFrame = async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    for (let bytes; (bytes = await readSome(socket)) !== null;) {
      // Whoever is amid a frame keeps all others waiting.
      const mine = Promise.withResolvers<void>(), before = inFrame;
      inFrame = mine.promise;
      await before;
      try {
        let whole = frames.take(bytes);
        while (whole.length === 0) {
          const more = await readSome(socket);
          if (more === null) return;
          whole = frames.take(more);
        }
        for (const one of whole) await writeAll(socket, one);
      } finally {
        mine.resolve();
      }
    }
  };
  assertEquals(await verdictOf("9.6", lockedByFrame), "FAIL HANG");
  const shared = new Frames();
  const mixing = async (socket: Deno.TcpConn) => {
    for (let bytes; (bytes = await readSome(socket)) !== null;) {
      for (const whole of shared.take(bytes)) await writeAll(socket, whole);
    }
  };
  assertStringIncludes(await verdictOf("9.6", mixing), "FAIL");
});

Deno.test("9.6 a target that serves one after the other is told, and blamed for nothing else", async () => {
  let turn = Promise.resolve();
  const inTurn = async (socket: Deno.TcpConn) => {
    const before = turn, mine = Promise.withResolvers<void>();
    turn = mine.promise;
    try {
      await before;
      await right(socket);
    } finally {
      mine.resolve();
    }
  };
  await using server = plantedServer(inTurn);
  const { cases } = await runConformance(server.endpoint, {
    ...ECHO,
    cases: ["9.1", "9.6", "11.6"],
  });
  assertEquals(verdictText(cases, "9.6"), "NONSTRICT HANG");
  assertEquals(verdictText(cases, "9.1"), "PASS");
  assertEquals(cases.filter(({ verdict }) => verdict === "FAIL"), []);
});

Deno.test("9.7 a target that keeps bytes of a closed connection, or ends with it, fails", async () => {
  assertEquals(await verdictOf("9.7", right), "PASS");
  let left: Uint8Array = new Uint8Array(0);
  const keeping = async (socket: Deno.TcpConn) => {
    const frames = new Frames();
    frames.rest = left;
    left = new Uint8Array(0);
    try {
      for (let bytes; (bytes = await readSome(socket)) !== null;) {
        for (const whole of frames.take(bytes)) await writeAll(socket, whole);
      }
    } finally {
      left = frames.rest;
    }
  };
  assertStringIncludes(await verdictOf("9.7", keeping), "FAIL");
});

Deno.test({
  name: "8.9 a target that ends with the first broken write fails",
  async fn() {
    const { cases } = await runConformance("tcp://127.0.0.1:0", {
      ...ECHO,
      spawn: targetCommand("rst_crash.mjs"),
      cases: ["8.9"],
    });
    assertEquals(verdictText(cases, "8.9"), "FAIL CRASH");
  },
});

Deno.test({
  name:
    "9.8 a target that looks at everything again with each chunk is told, on a busy machine, too",
  ignore: !PROVES,
  async fn() {
    const path = decodeURIComponent(new URL("testdata/collecting.ts", import.meta.url).pathname);
    const target = commandOf(path).map((word) => `'${word}'`).join(" ");
    const told = async (...words: string[]) => {
      const { cases } = await runConformance("tcp://127.0.0.1:0", {
        ...ECHO,
        spawn: [target, "{port}", ...words].join(" "),
        maxFrame: 1024 * 1024,
        cases: ["9.8"],
      });
      const found = cases.find(({ id }) => id === "9.8");
      assertMatch(found?.detail ?? "", /ms of processor time$/);
      return verdictText(cases, "9.8");
    };
    assertEquals(await told(), "PASS");
    assertEquals(await told("again"), "NONSTRICT SLOW");
  },
});

Deno.test("9.8 says nothing of targets that take short frames only", async () => {
  assertEquals(await verdictOf("9.8", right, { maxFrame: 1000 }), "UNSUPPORTED");
});
