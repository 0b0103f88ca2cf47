/**
 * A client for framed servers: connect, send frames, match answers to requests.
 *
 * @example
 * ```ts no-run
 * import { Client } from "@nonstick/nonstick/client";
 *
 * await using client = await Client.connect("tcp://127.0.0.1:7000?framing=line");
 * const answer = await client.request(new TextEncoder().encode("hello"));
 * console.log(new TextDecoder().decode(answer));
 * ```
 * @module
 */
export { Client, type ClientOptions, DEFAULT_ANSWER_TIMEOUT_MS, NoAnswerError } from "./client.ts";
