import { printable } from "../../cli/printable.ts";
import type { JsonObject } from "../../protocol/native/mod.ts";

/** An event of a room as a line for people; everything in it is a stranger's, so nothing of it reaches the terminal raw. */
export function showEvent(event: JsonObject, room: string, own: string): string {
  const text = (name: string) => printable(String(event[name] ?? ""));
  const members = () => {
    const list = event["members"];
    return Array.isArray(list) ? list.map((one) => printable(String(one))).join(", ") : "";
  };
  switch (event["kind"]) {
    case "welcome":
      return `* you are in ${printable(room)} with: ${members()}`;
    case "said":
      return `${event["old"] === true ? `(${timeOf(event)}) ` : ""}${text("from")}: ${
        text("text")
      }`;
    case "private":
      return event["from"] === own
        ? `-> ${text("to")}: ${text("text")}`
        : `${text("from")} to you: ${text("text")}`;
    case "joined":
      return `* ${text("name")} is here`;
    case "left":
      return `* ${text("name")} has left${event["why"] === undefined ? "" : ` (${text("why")})`}`;
    case "who":
      return `* here are: ${members()}`;
    default:
      return `* ${text("text")}`;
  }
}

/** The last moment that there is a date for, in ms since 1970. */
const LATEST_MS = 8.64e15;

function timeOf({ at }: JsonObject): string {
  return typeof at === "number" && Math.abs(at) <= LATEST_MS
    ? new Date(at).toISOString().slice(11, 16)
    : "earlier";
}
