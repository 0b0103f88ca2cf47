import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Ended, runProgram } from "../cli/testing.ts";

/** A server that answers each request for a path with the bytes under it, piece by piece. */
async function withHttp(
  answers: Readonly<Record<string, readonly string[]>>,
  body: (base: string, fetch: (...args: string[]) => Promise<Ended>) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const connection of listener) {
      let request = "";
      const buffer = new Uint8Array(4096);
      while (!request.includes("\r\n\r\n")) {
        request += new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
      }
      const path = request.split(" ")[1] ?? "";
      for (const piece of answers[path] ?? []) {
        await connection.write(Uint8Array.from(piece, (char) => char.charCodeAt(0)));
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      connection.close();
    }
  })();
  try {
    await body(
      `http://127.0.0.1:${listener.addr.port}`,
      (...args) => runProgram("client", ["fetch", ...args]),
    );
  } finally {
    listener.close();
    await serving.catch(() => {});
  }
}

const OK = "HTTP/1.1 200 OK\r\n";

Deno.test("fetch: bodies by length, in chunks and until the end, in pieces of one byte", () =>
  withHttp({
    "/length": [`${OK}Content-Length: 5\r\n\r\nhello and more`],
    "/same": [`${OK}Content-Length: 2, 2\r\ncontent-length: 2\r\n\r\nhi`],
    "/chunked": [
      ..."HTTP/1.1 100 Continue\r\n\r\n",
      ...OK,
      ..."Transfer-Encoding: chunked\r\n\r\n",
      ..."4;x=y\r\nWiki\r\nA\r\npedia\r\n\r\n.\r\n0\r\nTrailer: x\r\n\r\n",
    ],
    "/close": ["HTTP/1.0 200\r\n\r\nuntil", " the end"],
    "/empty": ["HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"],
    "/a?b=c": [`${OK}Content-Length: 1\r\n\r\nq`],
  }, async (base, fetch) => {
    const bodies = {
      "/length": "hello",
      "/same": "hi",
      "/chunked": "Wikipedia\r\n\r\n.",
      "/close": "until the end",
      "/empty": "",
      "/a?b=c#d": "q",
    };
    for (const [path, stdout] of Object.entries(bodies)) {
      assertEquals(await fetch(base + path), { code: 0, stdout, stderr: "" }, path);
    }
    const head = await fetch("--head", `${base}/length`);
    assertEquals(head.stderr, "HTTP 200 OK\ncontent-length: 5\n");
  }));

Deno.test("fetch: bodies that are too short are never kept, exit code 5", () =>
  withHttp({
    "/length": [`${OK}Content-Length: 9\r\n\r\nhello`],
    "/chunk": [`${OK}Transfer-Encoding: chunked\r\n\r\n9\r\nhello`],
    "/last": [`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`],
    "/longer": [`${OK}Transfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n`],
    "/head": [OK],
  }, async (base, fetch) => {
    const here = await Deno.makeTempDir();
    for (const path of ["/length", "/chunk", "/last", "/longer", "/head"]) {
      const { code, stderr } = await fetch("-o", `${here}/x`, base + path);
      assertEquals(code, 5, `${path}: ${stderr}`);
      assertEquals([...Deno.readDirSync(here)], [], path);
    }
    await Deno.remove(here);
  }));

Deno.test("fetch: nothing is unpacked, and nothing packed is asked for", async () => {
  const packed = await new Response(
    new Blob([new Uint8Array(1_000_000)]).stream().pipeThrough(new CompressionStream("gzip")),
  ).bytes();
  const body = String.fromCharCode(...packed);
  const head = `${OK}Content-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`;
  await withHttp({ "/bomb": [head, body] }, async (base, fetch) => {
    const path = await Deno.makeTempFile();
    const { code, stderr } = await fetch("--overwrite", "-o", path, `${base}/bomb`);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(await Deno.readFile(path), packed);
    await Deno.remove(path);
  });
});

Deno.test("fetch: what is not HTTP, has two lengths or cannot be found is said", () =>
  withHttp({
    "/none": ["HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"],
    "/smuggled": [`${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    "/two": [`${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    "/ssh": ["SSH-2.0-x\r\n\r\n"],
    "/blank": [`${OK}Content-Length : 5\r\n\r\nhello`],
    "/evil": ["HTTP/1.1 500 \x1b[2J\r\nContent-Length: 0\r\n\r\n"],
  }, async (base, fetch) => {
    const table = {
      "/none": "HTTP 404 Not Found",
      "/smuggled": "two lengths",
      "/two": "The length of the body cannot be read: 5, 6",
      "/ssh": "not HTTP/1",
      "/blank": "A field of the response cannot be read",
      "/evil": "HTTP 500 \\u001b[2J",
    };
    for (const [path, problem] of Object.entries(table)) {
      const { code, stderr } = await fetch(base + path);
      assertEquals(code, 1, path);
      assertStringIncludes(stderr, problem);
    }
    assertEquals((await fetch("ftp://x/")).code, 2);
  }));

Deno.test("fetch: redirects are shown, and followed with -L; a file is kept whole", () =>
  withHttp({
    "/from": ["HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: 0\r\n\r\n"],
    "/to": [`${OK}Content-Length: 5\r\n\r\nthere`],
    "/round": ["HTTP/1.1 301 Moved\r\nLocation: /round\r\n\r\n"],
  }, async (base, fetch) => {
    const shown = await fetch(`${base}/from`);
    assertEquals([shown.code, shown.stdout], [1, ""]);
    assertStringIncludes(shown.stderr, `302 ${base}/from -> ${base}/to\n`);
    const here = await Deno.makeTempDir();
    assertEquals((await fetch("-L", "-o", `${here}/x`, `${base}/from`)).code, 0);
    assertEquals(await Deno.readTextFile(`${here}/x`), "there");
    const again = await fetch("-o", `${here}/x`, `${base}/to`);
    assertStringIncludes(again.stderr, "is there already");
    assertEquals((await fetch("--overwrite", "-o", `${here}/x`, `${base}/to`)).code, 0);
    assertStringIncludes((await fetch("-L", `${base}/round`)).stderr, "More than 10 redirects");
    await Deno.remove(here, { recursive: true });
  }));

Deno.test("addr: names, addresses, ports and networks", async () => {
  const addr = (...words: string[]) => runProgram("client", ["addr", ...words]);
  assertEquals(
    (await addr("192.168.1.77/24", "10.1.2.3:80", "[::1]:70")).stdout,
    [
      "192.168.1.77/24: network 192.168.1.0/24, last 192.168.1.255, mask 255.255.255.0, 256 addresses",
      "10.1.2.3 private, reached by private networks; 80 is a system port",
      "::1 loopback, reached by this machine; 70 is a system port",
      "",
    ].join("\n"),
  );
  assertStringIncludes((await addr("localhost")).stdout, "loopback, reached by this machine");
  assertEquals((await addr("1.2.3.4:70000")).code, 2);
  assertEquals((await addr("1.2.3.4/99")).code, 2);
  assertEquals((await addr("no-such-host.invalid")).code, 1);
});
