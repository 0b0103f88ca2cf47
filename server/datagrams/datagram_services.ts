import type { Service } from "../services/service.ts";
import type { DatagramHandler } from "./serve_datagrams.ts";

/** What a service answers to datagrams: one for each, and nothing before it is asked. */
export function datagramHandler(service: Service): DatagramHandler {
  const { datagramReply, rewrite, reply } = service;
  return (message) => {
    if (datagramReply !== undefined) return datagramReply(message);
    rewrite?.(message, 0, message.length);
    return reply === undefined ? message : reply(message);
  };
}
