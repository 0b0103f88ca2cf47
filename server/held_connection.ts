import type { Connection } from "../protocol/transport/mod.ts";
import { inTurn } from "./in_turn.ts";

/**
 * A connection lent to somebody who closes it when done, whose real end its owner wants to shape: `close` ends only
 * the loan. If a read or write is under way, which nothing else can stop, it closes the connection after all.
 */
export class HeldConnection implements Connection {
  readonly #connection: Connection;
  #underWay = 0;
  readonly #done = () => {
    this.#underWay--;
  };

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get local(): string {
    return this.#connection.local;
  }

  get remote(): string {
    return this.#connection.remote;
  }

  read(target: Uint8Array): Promise<number | null> {
    return this.#during(inTurn(target.length, this.#connection.read(target)));
  }

  write(source: Uint8Array): Promise<number> {
    return this.#during(inTurn(source.length, this.#connection.write(source)));
  }

  closeWrite(): Promise<void> {
    return this.#connection.closeWrite();
  }

  close(): void {
    if (this.#underWay > 0) this.#connection.close();
  }

  reset(): void {
    if (this.#connection.reset) this.#connection.reset();
    else this.#connection.close();
  }

  setNoDelay(on?: boolean): void {
    this.#connection.setNoDelay?.(on);
  }

  #during<Result>(work: Promise<Result>): Promise<Result> {
    this.#underWay++;
    work.then(this.#done, this.#done);
    return work;
  }
}
