/**
 * A thread that serves connections beside others. Its first message brings the line to the main thread; see
 * `worker_service.ts` for what is said on it.
 * @module
 */
import { serveInWorker } from "./worker_service.ts";

addEventListener("message", (event) => {
  const port = event instanceof MessageEvent ? event.ports[0] : undefined;
  if (port !== undefined) serveInWorker(port);
}, { once: true });
