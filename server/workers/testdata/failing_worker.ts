/**
 * A worker that does what is asked of it, until it is asked for its counts: then it fails as a fault of ours would make it.
 * @module
 */
import type { WorkerService } from "../worker_service.ts";
import { Calls } from "../calls.ts";
import type { MainService } from "../main_service.ts";

addEventListener("message", (event) => {
  const port = event instanceof MessageEvent ? event.ports[0] : undefined;
  if (port === undefined) return;
  const service: WorkerService = {
    open: () => Promise.resolve([]),
    renew: () => Promise.resolve(),
    change: () => {},
    giveUp: () => Promise.resolve(),
    tryPowers: () => Promise.resolve([]),
    counts() {
      setTimeout(() => {
        throw new Error("a fault of ours");
      });
      return {};
    },
    hear: () => {},
    drain: () => Promise.resolve(7),
  };
  new Calls<MainService>(port, service);
}, { once: true });
