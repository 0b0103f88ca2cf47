/**
 * What is proved when everything is: every framing there is, and every option that changes how bytes are read.
 * @module
 */
import { FRAMING_FAMILIES } from "../../protocol/framing/mod.ts";

/** Specs for families that cannot stand alone, and options worth a proof of their own. */
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  u32be: ["u32be", "u32be?includes=header", "u32be?adjust=3", "u32be?offset=2"],
  line: ["line", "line?strip=cr", "line?tail=frame"],
  delim: ["delim:0d0a0d0a", "delim:0a,0d0a,0d", "delim:00"],
  marked: ["marked:02:03", "marked:3c2d:2d3e"],
  fixed: ["fixed:5"],
};

/** All specs that are proved, in the order of the documentation. */
export const PROVED_FRAMINGS: readonly string[] = FRAMING_FAMILIES
  .filter(({ name }) => !name.startsWith("json+") || /^json\+(u8|u32be|i32le)$/.test(name))
  .flatMap(({ name }) => VARIANTS[name] ?? [name]);

/** One of each kind of decoder: what is proved over sockets when not all are. */
export const ONE_OF_EACH_KIND: readonly string[] = [
  "u32be",
  "varint",
  "line",
  "delim:0a,0d0a,0d",
  "netstring",
  "marked:3c2d:2d3e",
  "slip",
  "cobs",
  "fixed:5",
  "content-length",
  "json+u32be",
];
