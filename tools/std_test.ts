import { assertEquals, assertMatch } from "@std/assert";
import { readManifest } from "./project.ts";
import { probeJsr } from "./std.ts";

/** Probes a registry at this address with an empty cache of its own. */
async function probe(address: Deno.NetAddr, silenceMs?: number): Promise<string | undefined> {
  const cache = await Deno.makeTempDir();
  try {
    return await probeJsr({
      ...(silenceMs === undefined ? {} : { silenceMs }),
      env: { JSR_URL: `http://${address.hostname}:${address.port}/`, DENO_DIR: cache },
    });
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

/** A registry whose packages are one empty module each, in the version that `deno.json` asks for. */
async function answer(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  const name = /^\/(@std\/[a-z]+)\//.exec(path)?.[1] ?? "";
  const version = /[\d.]+$/.exec(readManifest().imports[name] ?? "")?.[0] ?? "0.0.0";
  if (path.endsWith("/meta.json")) return Response.json({ versions: { [version]: {} } });
  const source = new TextEncoder().encode("export {};\n");
  if (path.endsWith("_meta.json")) {
    const digest = await crypto.subtle.digest("SHA-256", source);
    const file = { size: source.length, checksum: `sha256-${new Uint8Array(digest).toHex()}` };
    const exports = {
      ".": "./mod.ts",
      "./parse-args": "./mod.ts",
      "./prompt-secret": "./mod.ts",
      "./unstable-progress-bar": "./mod.ts",
      "./delimiter-stream": "./mod.ts",
    };
    return Response.json({ manifest: { "/mod.ts": file }, exports });
  }
  return new Response(source, { headers: { "content-type": "application/typescript" } });
}

Deno.test("probeJsr finds a registry that has the packages", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  assertEquals(await probe(server.addr), undefined);
});

Deno.test("probeJsr says why when nobody listens", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { addr } = listener;
  listener.close();
  assertMatch(await probe(addr) ?? "", /failed to load/);
});

Deno.test("probeJsr says why when the registry lacks a package", async () => {
  const nothing = () => new Response(null, { status: 404 });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, nothing);
  assertMatch(await probe(server.addr) ?? "", /@std\/\w+/);
});

Deno.test("probeJsr gives up on a registry that accepts and says nothing", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assertEquals(await probe(listener.addr, 200), "JSR did not answer for 0.2 s");
});
