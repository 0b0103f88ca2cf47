import { printable } from "../../cli/printable.ts";
import type { Connection } from "../../protocol/transport/mod.ts";
import type { ChatBus } from "../chat/chat_bus.ts";
import { FloodGate } from "../flood_gate.ts";
import type { ConnectionHandler } from "../serve.ts";
import type { Limits } from "./limits.ts";
import { RawTalk } from "./raw_talk.ts";

/** The room of everybody who speaks raw. */
const ROOM = "raw";
/** Bytes that may wait for somebody who reads slowly. */
const MOST_WAITING = 256 * 1024;
/** Reads that one may have at once, and each second from then on. */
const BURST = 20, PER_SECOND = 10;

/** Who sits at the server's terminal. */
export interface Operator {
  /** Shows what somebody says. */
  show(peer: string, text: string): void;
  /** Is told of everything that the operator types, until the end. */
  onLine(listener: (line: string) => void): Disposable;
}

/** The chat of the tutorials: raw bytes to whoever sits at the server's terminal, and what they type back. */
export function operatorDialect(operator: Operator, limits: Limits): ConnectionHandler {
  return async (connection, context) => {
    const talk = new RawTalk(connection, limits, context);
    const voice = new Voice(talk, connection);
    using _listening = operator.onLine((line) => voice.say(`${line}\n`));
    for (let bytes = await talk.read(); bytes !== null; bytes = await talk.read()) {
      operator.show(connection.remote, printable(new TextDecoder().decode(bytes).trimEnd()));
    }
  };
}

/** The same, but everybody hears what the others say. */
export function roomDialect(bus: ChatBus, limits: Limits): ConnectionHandler {
  return async (connection, context) => {
    const talk = new RawTalk(connection, limits, context);
    const voice = new Voice(talk, connection);
    const gate = new FloodGate(BURST, PER_SECOND);
    let name: string | null = null;
    const seat = await bus.join(ROOM, null, (event) => {
      if (event.kind === "said" && event.from !== name) voice.say(`${event.from}: ${event.text}\n`);
      if (event.kind === "left" && event.name === name) connection.close();
    });
    name = seat.name;
    try {
      for (let bytes = await talk.read(); bytes !== null; bytes = await talk.read()) {
        const text = printable(new TextDecoder().decode(bytes).trimEnd());
        if (text === "exit") return;
        if (gate.pass()) await seat.say(text);
        else voice.say("server: you write too fast, this was not sent\n");
      }
    } finally {
      await seat.leave();
    }
  };
}

/** Says things to one connection, one after the other; who does not read is dropped. */
class Voice {
  readonly #talk: RawTalk;
  readonly #connection: Connection;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(talk: RawTalk, connection: Connection) {
    this.#talk = talk;
    this.#connection = connection;
  }

  say(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.#waiting += bytes.length;
    if (this.#waiting > MOST_WAITING) return this.#connection.close();
    this.#last = this.#last.then(() => this.#talk.write(bytes)).then(
      () => {
        this.#waiting -= bytes.length;
      },
      // The connection has gone, and its reader is told.
      () => {},
    );
  }
}
