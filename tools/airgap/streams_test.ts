// What the real @std/streams documents, run against whatever "@std/streams" resolves to.

import { assertEquals } from "@std/assert";
import { DelimiterStream } from "@std/streams/delimiter-stream";

Deno.test("@std/streams DelimiterStream cuts at every delimiter, wherever the chunks end", async () => {
  const rows: [delimiter: string, stream: string, parts: string[]][] = [
    [",", "foo,bar,baz", ["foo", "bar", "baz"]],
    [",", ",,a,", ["", "", "a", ""]],
    [",", "", [""]],
    ["\r\n", "a\r\nb\r\r\nc\n", ["a", "b\r", "c\n"]],
    ["ab", "aabxabab", ["a", "x", "", ""]],
  ];
  for (const [delimiter, stream, parts] of rows) {
    for (const size of [1, 2, 99]) {
      const bytes = new TextEncoder().encode(stream);
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
      const cut = ReadableStream.from(chunks)
        .pipeThrough(new DelimiterStream(new TextEncoder().encode(delimiter)));
      const found = (await Array.fromAsync(cut)).map((part) => new TextDecoder().decode(part));
      assertEquals(found, parts, `${JSON.stringify(stream)} in chunks of ${size}`);
    }
  }
});
