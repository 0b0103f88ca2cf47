import { UsageError } from "../../cli/options.ts";
import { printable, printableJson } from "../../cli/printable.ts";
import type { Exchange, JsonObject } from "../../protocol/native/mod.ts";
import { lineEditor, type Lines, plainLines } from "../chat/lines.ts";
import { showEvent } from "../chat/show_event.ts";
import { linesOf } from "../input.ts";
import type { CommandContext, ServerCommand } from "./command.ts";

/** Pause between two lines of the raw chat, in ms. */
const APART_MS = 50;

/** `nonstick chat ROOM --as NAME` */
export const CHAT: ServerCommand = {
  name: "chat",
  form: "[ROOM]",
  words: [0, 1],
  summary: "write with the others in a room; without ROOM list the rooms",
  options: ["as"],
  service: "chat",
  speaks: ["chat-raw"],
  examples: [
    ["nonstick chat lobby --as ann", "a line is said to all; /msg NAME TEXT, /who, /quit"],
    ["nonstick --json chat lobby --as bot", "a bot: an event a line out, text a line in"],
  ],
  run: async (context) => {
    const { native, words: [room], settings: { as: name } } = context;
    if (native === null) return await chatRaw(context);
    if (room === undefined) return await listRooms(context);
    if (name === undefined) throw new UsageError("chat needs --as NAME, your name there.");
    const exchange = await native.open("chat", { op: "join", room, name });
    const editor = !context.settings.json && Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
    const lines = editor ? lineEditor(`${printable(name)}> `) : plainLines(context.input);
    try {
      await talk(exchange, lines, context);
    } finally {
      lines.close();
    }
  },
};

/** The chat of the tutorials: lines as raw bytes, in both directions. */
async function chatRaw(context: CommandContext): Promise<void> {
  const { connection, input, output, patience } = context;
  const said = (async () => {
    for await (const lines of linesOf(input)) {
      for (const line of lines) {
        if (line.length === 0) continue;
        await patience.during(connection.write(line));
        // What is written at once may be read as one message: there is nothing else to keep them apart.
        await new Promise((resolve) => setTimeout(resolve, APART_MS));
      }
    }
    await connection.closeWrite();
  })();
  said.catch(() => {});
  const buffer = new Uint8Array(65_536);
  for (let count; (count = await connection.read(buffer)) !== null;) {
    await output.bytes(buffer.subarray(0, count));
  }
  await said;
}

async function listRooms({ native, output, settings }: CommandContext): Promise<void> {
  let found = false;
  const exchange = await native?.open("chat", { op: "rooms" });
  await exchange?.end();
  for await (const { about } of exchange ?? []) {
    const { name = "", members = 0 } = about ?? {};
    const facts = { name: String(name), members: Number(members) };
    found = true;
    await output.result(facts, `${facts.name} (${facts.members})`);
  }
  if (!found && !settings.quiet) {
    console.error("Nobody is here. A room is opened by joining it: nonstick chat ROOM --as NAME");
  }
}

async function talk(exchange: Exchange, lines: Lines, context: CommandContext): Promise<void> {
  const { settings, words: [room = ""] } = context;
  void say(exchange, lines);
  for await (const { about } of exchange) {
    if (about === undefined) continue;
    lines.show(settings.json ? printableJson(about) : showEvent(about, room, settings.as ?? ""));
  }
  await exchange.result();
}

/** Says what is typed, until its end. */
async function say(exchange: Exchange, lines: Lines): Promise<void> {
  try {
    for await (const line of lines.read()) {
      if (line === "/quit") break;
      const message = messageOf(line);
      if (message !== null) await exchange.tell(message);
    }
    await exchange.end();
  } catch {
    // The exchange has failed: whoever shows its events is told.
  }
}

/** What a line means; null for nothing. */
function messageOf(line: string): JsonObject | null {
  if (line.trim() === "") return null;
  if (line === "/who") return { kind: "who" };
  const told = /^\/msg\s+("[^"]+"|\S+)\s+(.+)$/s.exec(line);
  if (told !== null) {
    return { kind: "private", to: (told[1] ?? "").replaceAll('"', ""), text: told[2] ?? "" };
  }
  // Two slashes say one.
  return { kind: "say", text: line.startsWith("//") ? line.slice(1) : line };
}
