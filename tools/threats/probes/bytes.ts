/**
 * S8, S9, S21: bytes that are no request, and too few at a time.
 * @module
 */
import { header, int32, putting, stillAnswers, textConnection } from "../attack.ts";
import type { Probe, Served } from "../target.ts";

/** So many bytes are sent one by one, and so much memory would be too much for them. */
const TRICKLED = 2000, TOO_MUCH = 32 * 1024 * 1024;

/** S8 */
export const lies: Probe = async (target) => {
  const claims = [0, 2 ** 31 - 1, -(2 ** 31), -1].map((length) => int32(length));
  const headers = [
    '{"cmd":"put","filename":"x","filesize":-1}',
    '{"cmd":"put","filename":"x","filesize":1e400}',
    '{"cmd":"put","filename":"x","filesize":0.5}',
    '{"cmd":"put","filename":"x","filesize":9007199254740993}',
    '{"cmd":"constructor","filename":"x"}',
    '{"cmd":"__proto__","filename":"x"}',
    '{"cmd":"get","cmd":"put"}',
    `{"cmd":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    "null",
    "{",
  ].map(header);
  await using served = await target.serve();
  for (const [lesson, bytes] of [["echo", claims], ["files", headers]] as const) {
    for (const lie of bytes) {
      if (!await survives(served, lesson, lie)) {
        return { safe: false, says: "dies of a negative length; nobody is served any more" };
      }
    }
  }
  return { safe: true, says: "closes that connection, and answers the next client" };
};

/** Whether the server is still there for others when somebody has said this. */
async function survives(
  served: Served,
  lesson: "echo" | "files",
  lie: Uint8Array,
): Promise<boolean> {
  try {
    await using conn = await textConnection(served.port(lesson));
    await conn.say(lie);
  } catch {
    // It has gone already, or while this was said.
  }
  return await stillAnswers(served.port("echo"));
}

/** S9 */
export const trickle: Probe = async (target) => {
  await using served = await target.serve();
  await using conn = await textConnection(served.port("files"));
  const before = await served.process.memory();
  await conn.say(putting("slow.txt", "", TRICKLED + 1));
  for (let sent = 1; sent <= TRICKLED; sent++) {
    // Whoever finds this too slow may hang up.
    if (!await conn.say("x").then(() => true, () => false)) break;
    await new Promise((resolve) => setTimeout(resolve));
    if (sent % 200 === 0 && await served.process.memory() - before > TOO_MUCH) {
      return { safe: false, says: "keeps a buffer of 64 KiB for each byte that comes alone" };
    }
  }
  return { safe: true, says: "keeps no more than what has come" };
};

/** S21 */
export const otherProtocol: Probe = async (target) => {
  await using served = await target.serve();
  const others = ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"];
  for (const bytes of others) {
    await using conn = await textConnection(served.port("echo"));
    await conn.say(bytes);
    if (await conn.end() === null) {
      return {
        safe: false,
        says: "takes `GET ` for a length of 542 million, and waits for the rest",
      };
    }
  }
  await using conn = await textConnection(served.port("chat"));
  await conn.say(others[0] ?? "");
  const answer = await conn.end();
  return answer?.includes("nonstick/1")
    ? { safe: true, says: "says what it speaks, and closes" }
    : { safe: false, says: "gives no answer that a browser could show" };
};
