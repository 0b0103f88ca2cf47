import { InputError, RemoteError } from "./errors.ts";
import type { Patience } from "./patience.ts";

/**
 * The sending half of a stream, beside the receiving one: both run at once, so that neither side fills up while the
 * other one waits. When everything is sent, or the input cannot be used, the server is told the end; then it owes
 * its own end.
 */
export class Sending {
  #complete = false;
  #failure: unknown;

  /** Starts `sendAll`, and `sendEnd` behind it. */
  constructor(patience: Patience, sendAll: () => Promise<void>, sendEnd: () => Promise<void>) {
    void this.#run(patience, sendAll, sendEnd);
  }

  /**
   * To be called when the server has ended its stream.
   *
   * @throws {InputError} if the input could not be used.
   * @throws {RemoteError} if not everything was sent by then.
   */
  check(): void {
    if (this.#failure instanceof InputError) throw this.#failure;
    if (!this.#complete) {
      throw new RemoteError("The server ended the stream before everything was sent");
    }
  }

  async #run(
    patience: Patience,
    sendAll: () => Promise<void>,
    sendEnd: () => Promise<void>,
  ): Promise<void> {
    try {
      await sendAll();
      this.#complete = true;
    } catch (error) {
      this.#failure = error;
    }
    patience.owe(1);
    // A broken connection shows on the receiving side, which knows what it got.
    await sendEnd().catch(() => {});
  }
}
