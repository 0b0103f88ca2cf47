import { assertEquals, assertStringIncludes } from "@std/assert";
import { RunningServer, runProgram } from "../cli/testing.ts";
import { countMetrics, type Counts } from "./metrics.ts";
import { exportCounts } from "./telemetry.ts";

/** What a meter was asked to make, and what it is told when it asks. */
function fakeMeter() {
  const made: string[] = [];
  let ask = (_: { observe(...args: unknown[]): void }): Promise<void> => Promise.resolve();
  const make = (kind: string) => (name: string) => {
    made.push(`${kind} ${name}`);
    return { addCallback: null, name };
  };
  return {
    made,
    meter: {
      createObservableCounter: make("counter"),
      createObservableUpDownCounter: make("up and down"),
      addBatchObservableCallback(callback: typeof ask) {
        ask = callback;
      },
    },
    async observed() {
      const seen: [string, unknown, unknown][] = [];
      await ask({
        observe: (instrument, value, labels) =>
          seen.push([Reflect.get(Object(instrument), "name"), value, labels]),
      });
      return seen;
    },
  };
}

Deno.test("what is counted is what the runtime's telemetry is told, with its labels", async () => {
  const metrics = countMetrics(), { made, meter, observed } = fakeMeter();
  const worker = countMetrics();
  let failing = false;
  const counts = (): Promise<Counts> =>
    failing
      ? Promise.reject(new Error("busy"))
      : Promise.resolve(metrics.counts([worker.counts()]));
  exportCounts(metrics.families, counts, meter);
  assertEquals(made.slice(0, 2), [
    "up and down nonstick_connections",
    "counter nonstick_connections_total",
  ]);
  for (const one of [metrics, worker]) one.opened();
  worker.exchanged("echo", "ok", 3, 5);
  assertEquals(await observed(), [
    ["nonstick_connections", 2, {}],
    ["nonstick_connections_total", 2, {}],
    ["nonstick_exchanges_total", 1, { service: "echo", outcome: "ok" }],
    ["nonstick_exchange_bytes_total", 3, { service: "echo", direction: "in" }],
    ["nonstick_exchange_bytes_total", 5, { service: "echo", direction: "out" }],
  ]);
  failing = true;
  assertEquals(await observed(), []);
});

/** What comes to a collector of OTLP over HTTP, as JSON. */
class Collector implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #came: { readonly path: string; readonly text: string }[] = [];
  #more = Promise.withResolvers<void>();

  constructor() {
    const where = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    this.#server = Deno.serve(where, async (request) => {
      this.#came.push({ path: new URL(request.url).pathname, text: await request.text() });
      this.#more.resolve();
      this.#more = Promise.withResolvers();
      return Response.json({});
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Waits for something that fits, no longer than the server is there. */
  async until(path: string, pattern: RegExp, server: RunningServer): Promise<string> {
    const ended = server.ended().then(({ stderr }) => stderr);
    for (;;) {
      const found = this.#came.find((one) => one.path === path && pattern.test(one.text));
      if (found) return found.text;
      const why = await Promise.race([ended, this.#more.promise.then(() => null)]);
      if (why !== null) throw new Error(`Nothing on ${path} fits ${pattern}: ${why}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

Deno.test({
  name: "the runtime exports what we count, what is logged, and requests of /metrics",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using collector = new Collector();
    const variables = {
      ...{ OTEL_DENO: "true", OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
      ...{ OTEL_EXPORTER_OTLP_PROTOCOL: "http/json", OTEL_METRIC_EXPORT_INTERVAL: "100" },
      ...{ OTEL_BSP_SCHEDULE_DELAY: "100", OTEL_BLRP_SCHEDULE_DELAY: "100" },
    };
    const parent = ["env", ...Object.entries(variables).map((pair) => pair.join("="))];
    const args = ["--listen", "tcp://127.0.0.1:0", "--metrics", "tcp://127.0.0.1:0"];
    await using server = await RunningServer.start(
      [...args, "--rooms", "0", "--log-level", "debug"],
      1,
      undefined,
      parent,
    );
    // It listens, so what it can do without is given up by now.
    const { code } = await runProgram("client", ["--to", server.urls[0] ?? "", "echo", "hi"]);
    assertEquals(code, 0);
    const counted = await collector.until("/v1/metrics", /"nonstick_exchanges_total"/, server);
    for (const part of ["nonstick_connections_total", '"outcome"', '"echo"']) {
      assertStringIncludes(counted, part);
    }
    await collector.until("/v1/logs", / debug connected /, server);
    const [, url = ""] = await server.logged(/^metrics (\S+) and/m);
    await (await fetch(url)).text();
    await collector.until("/v1/traces", /"url\.path"/, server);
    await collector.until("/v1/metrics", /"http\.server\.request\.duration"/, server);
  },
});
