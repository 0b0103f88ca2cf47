import { assertEquals, assertStringIncludes } from "@std/assert";
import { countMetrics } from "./metrics.ts";
import { RunningServer, runProgram } from "../cli/testing.ts";

Deno.test("--metrics counts what is served, and /healthz says whether it is", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const url = `http://127.0.0.1:${port}`;
  await using server = await RunningServer.start(
    ["--listen", "tcp://:0", "--metrics", `tcp://127.0.0.1:${port}`],
    1,
  );
  assertEquals(
    (await runProgram("client", ["--to", server.urls[0] ?? "", "echo", "hello"])).code,
    0,
  );
  assertEquals(
    (await runProgram("client", ["--to", server.urls[0] ?? "", "exec", "ls"])).code,
    255,
  );
  const get = async (path: string) => {
    const response = await fetch(url + path);
    return [response.status, await response.text()] as const;
  };
  assertEquals(await get("/healthz"), [200, "ok\n"]);
  assertEquals((await get("/other"))[0], 404);
  const [status, text] = await get("/metrics");
  assertEquals(status, 200);
  for (
    const line of [
      "nonstick_connections_total 2",
      'nonstick_exchanges_total{service="echo",outcome="ok"} 1',
      'nonstick_exchanges_total{service="",outcome="unknown-service"} 1',
      'nonstick_exchange_bytes_total{service="echo",direction="in"} 5',
    ]
  ) assertStringIncludes(text, line);
});

Deno.test("labels are escaped, and names that clients make up are none", () => {
  const metrics = countMetrics();
  metrics.refused('a"b\\c\nd');
  for (let i = 0; i < 100; i++) metrics.exchanged(`made-up-${i}`, "unknown-service", 0, 0);
  const text = metrics.text();
  assertStringIncludes(text, 'nonstick_connections_refused_total{why="a\\"b\\\\c\\nd"} 1\n');
  assertStringIncludes(
    text,
    'nonstick_exchanges_total{service="",outcome="unknown-service"} 100\n',
  );
});
