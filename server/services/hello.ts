import { concat } from "@std/bytes/concat";
import { equals } from "@std/bytes/equals";
import type { Service } from "./service.ts";

const encoder = new TextEncoder();
const PREFIX = encoder.encode("Hello, ");
const MARK = encoder.encode("!");
const EXIT = encoder.encode("exit");

/** The classic tutorial server: greets on connect, greets every name, ends on `exit`. */
export const HELLO: Service = {
  name: "hello",
  summary: "says Welcome!, then Hello, NAME! to every NAME; exit ends",
  greeting: encoder.encode("Welcome!"),
  reply: (name) => equals(name, EXIT) ? null : concat([PREFIX, name, MARK]),
};
