/**
 * The test vectors of docs/PROTOCOL.md, clause 9: what is written there is what is on the wire.
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { hexBytes, hexText } from "../framing/hex.ts";
import { encodeMessage } from "./link.ts";
import { messageOf } from "./message.ts";
import { proofOf } from "./proof.ts";

const TEXT = await Deno.readTextFile(new URL("../../docs/PROTOCOL.md", import.meta.url));

Deno.test("9.1: every message is written and read as PROTOCOL.md has it", () => {
  const [, section = ""] = TEXT.split("**9.1**");
  const vectors = [...section.matchAll(/```\n(\{.*\})(?: \+ (.*))?\n([0-9a-f\n]+)\n```/g)];
  assert(vectors.length >= 9, `${vectors.length} vectors`);
  for (const [, json = "", body = "", hex = ""] of vectors) {
    const message = messageOf(JSON.parse(json));
    const wire = hexText(encodeMessage(message)) + hexText(new TextEncoder().encode(body));
    assertEquals(wire, hex.replaceAll("\n", ""), json);
    assert(hexBytes(wire) !== undefined);
  }
});

Deno.test("9.2: the proofs are those of PROTOCOL.md", () => {
  const token = new TextEncoder().encode("secret");
  const nonces = { server: "00".repeat(32), client: "ff".repeat(32) };
  for (const prover of ["client", "server"] as const) {
    assert(TEXT.includes(`${prover} ${proofOf(token, prover, nonces)}`), prover);
  }
});
