/**
 * Nonstick: messages over byte streams that never stick together and never tear. Framings, connections that carry
 * frames, a server framework and a client.
 *
 * @example
 * ```ts
 * import { Client, framed, serve } from "@nonstick/nonstick";
 *
 * await using server = await serve(
 *   framed("u32be", async (frames) => {
 *     for await (const payload of frames) await frames.send(payload);
 *   }),
 *   { listen: "tcp://127.0.0.1:0" },
 * );
 * await using client = await Client.connect(server.endpoint, { framing: "u32be" });
 * const answer = await client.request(new TextEncoder().encode("hello"));
 * console.log(new TextDecoder().decode(answer)); // hello
 * ```
 * @module
 */
export * from "./protocol/framing/mod.ts";
export * from "./protocol/transport/mod.ts";
export * from "./protocol/session/mod.ts";
export * from "./protocol/native/mod.ts";
export * from "./server/mod.ts";
export * from "./client/mod.ts";
