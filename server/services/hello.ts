import { concat } from "@std/bytes/concat";
import { equals } from "@std/bytes/equals";
import type { Service } from "./service.ts";

const encoder = new TextEncoder();
const EXIT = encoder.encode("exit");
/** What is around a name, whatever its bytes mean. */
const [BEFORE, BEHIND] = [encoder.encode("Hello, "), encoder.encode("!")];

/** What everybody hears first. */
export const WELCOME = "Welcome!";

/** The answer to a name. */
export function greet(name: Uint8Array): Uint8Array {
  return concat([BEFORE, name, BEHIND]);
}

/** An answer as others may give it back, in whatever case: greeting it would go on, and grow, for ever. */
const ANSWER = /^hello, .*!$/is;

/**
 * The answer to a name in a datagram. It is longer than the name, and a server of datagrams answers strangers with no
 * more than they sent: so NUL bytes behind a name are padding, which makes room for the answer.
 */
function greetDatagram(message: Uint8Array): Uint8Array | null {
  let end = message.length;
  while (end > 0 && message[end - 1] === 0) end--;
  const name = message.subarray(0, end);
  return ANSWER.test(new TextDecoder().decode(name)) ? null : greet(name);
}

/** The classic tutorial server: greets on connect, greets every name, ends on `exit`. */
export const HELLO: Service = {
  name: "hello",
  summary: "says Welcome!, then Hello, NAME! to every NAME; exit ends",
  greeting: encoder.encode(WELCOME),
  datagramReply: greetDatagram,
  reply: (name) => equals(name, EXIT) ? null : greet(name),
};
