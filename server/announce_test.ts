import { assertEquals } from "@std/assert";
import { parseAnyEndpoint } from "../protocol/transport/mod.ts";
import { openTo } from "./announce.ts";
import { LocalChat } from "./chat/local_chat.ts";
import type { Grants } from "./grants.ts";
import { FileRoot } from "../protocol/files/mod.ts";

const service = () => Promise.resolve();

Deno.test("what is open to whom is one line: who, with what, what, and how far", async () => {
  const limits = {
    ...{ maxFrameLength: 1, handshakeTimeoutMs: 1, frameTimeoutMs: 1, idleTimeoutMs: 1 },
    ...{ writeTimeoutMs: 1, minRate: 1 },
  };
  const grants: Grants = {
    limits,
    services: { echo: service, exec: service, files: service },
    exec: { programs: new Set(["date", "ls"]), shell: false, maxOutput: 1, deadlineMs: 1 },
    files: { root: await FileRoot.open("."), write: false, bootedMs: 0 },
    chat: new LocalChat(),
    onFault: () => {},
  };
  const told = (
    at: string,
    speak: string,
    more: Partial<Grants> = {},
    { socketMode = 0o600, certified = false } = {},
  ) => {
    const endpoint = parseAnyEndpoint(at);
    if (endpoint.scheme === "udp" || endpoint.scheme === "unixgram") throw new Error("not here");
    const plan = { endpoint, speak, framing: null, handler: service, hint: "" };
    return openTo(at, plan, { ...grants, ...more }, { socketMode, certified });
  };
  assertEquals(
    told("tcp://127.0.0.1:1", "native"),
    "Open to this machine: echo, exec (date ls), files (read)",
  );
  const any = { ...grants.exec!, programs: "any" as const };
  const write = { ...grants.files!, write: true };
  const token = new Uint8Array(32);
  assertEquals(
    told("tls://0.0.0.0:1", "native", { token, exec: any, files: write }, { certified: true }),
    "Open to everybody with the token and a certificate: echo, exec (any program), files (read and write)",
  );
  // The dialects of the tutorials ask for no token, and tcp:// for no certificate.
  assertEquals(
    told("tcp://10.0.0.1:1", "exec-raw", { token }, { certified: true }),
    "Open to private networks: exec-raw (date ls)",
  );
  for (
    const [socketMode, who] of [
      [0o600, "this user"],
      [0o660, "this user and its group"],
      [0o666, "this machine"],
    ] as const
  ) {
    assertEquals(told("unix:///x", "echo", {}, { socketMode }), `Open to ${who}: echo`);
  }
});
