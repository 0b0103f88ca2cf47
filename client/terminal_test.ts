import { assert, assertEquals } from "@std/assert";
import { canRun, runProgram } from "../cli/testing.ts";
import { ExchangeError, type NativeService, serveNative } from "../protocol/native/mod.ts";
import { serve, type Server } from "../server/mod.ts";
import { projectPath } from "../tools/project.ts";

/** A terminal of its own takes a program that can make one. */
const ignore = Deno.build.os === "windows" || !await canRun("python3");

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i));

/** What must not reach a terminal: C0, DEL and C1, bidirectional controls, what has no width. */
const EVIL = [
  ...[...range(0, 0x1f), ...range(0x7f, 0x9f)],
  ...[...range(0x200b, 0x200f), ...range(0x202a, 0x202e), ...range(0x2060, 0x2069)],
  ...["\u061c", "\u2028", "\u2029", "\ufeff", "\u{e0041}"],
];
/** Each of them between marks by which it is found again, among the escapes that a terminal gets from us. */
const TEXT = EVIL.map(marked).join("");
const BYTES = new TextEncoder().encode(TEXT);

function marked(character: string): string {
  return `<${character}>`;
}

/** Says evil things in every field that a client shows. */
const services: Readonly<Record<string, NativeService>> = {
  async files(exchange) {
    if (exchange.args["op"] !== "ls") throw new ExchangeError("not-found", `no ${TEXT}`);
    await exchange.tell({ name: TEXT, type: "file", size: 1, mtime: 0 });
  },
  async chat(exchange) {
    if (exchange.args["op"] === "rooms") return await exchange.tell({ name: TEXT, members: 1 });
    const [from, to, name, text, why] = [TEXT, TEXT, TEXT, TEXT, TEXT];
    await exchange.tell({ kind: "welcome", members: [TEXT, TEXT] });
    for (const kind of ["said", "private", "joined", "left", "who", "error", TEXT]) {
      await exchange.tell({
        kind,
        from,
        to,
        name,
        text,
        why,
        members: [TEXT],
        at: 9e99,
        old: true,
      });
    }
    throw new ExchangeError("denied", TEXT);
  },
  async exec(exchange) {
    await exchange.send(BYTES, { stream: "out" });
    await exchange.send(BYTES, { stream: "err" });
    return { code: 0, about: TEXT };
  },
  async echo(exchange) {
    await exchange.send(BYTES);
  },
};

function evilServer(): Promise<Server> {
  return serve(
    (connection) => serveNative(connection, { services, software: TEXT }).catch(() => {}),
    { listen: "tcp://127.0.0.1:0" },
  );
}

/** An HTTP server whose head has all that a head can have. */
function evilWebServer(): Promise<Server> {
  const head = `HTTP/1.1 301 ${TEXT.replaceAll("\n", "")}\r\nx: ${TEXT.replaceAll("\n", "")}\r\n`;
  const answer = new TextEncoder().encode(`${head}location: http://[${TEXT}\r\n\r\n`);
  return serve(async (connection) => {
    await connection.read(new Uint8Array(4096));
    for (let at = 0; at < answer.length;) at += await connection.write(answer.subarray(at));
  }, { listen: "tcp://127.0.0.1:0" });
}

/** What a terminal gets from `nonstick` with these arguments. */
async function atTerminal(...args: string[]): Promise<string> {
  const parent = ["python3", projectPath("client/testdata/at_terminal.py")];
  const { stdout } = await runProgram("client", args, "", parent);
  // A terminal makes two characters of a line end.
  return stdout.replaceAll("\r\n", "\n");
}

/** The characters of the list that came through. */
function rawIn(text: string): string[] {
  return EVIL.filter((character) => text.includes(marked(character)));
}

Deno.test({
  name: "nothing that a server says controls the terminal, whichever field it is in",
  ignore,
  async fn() {
    await using server = await evilServer();
    await using web = await evilWebServer();
    const to = ["--to", server.endpoint];
    const url = web.endpoint.replace("tcp:", "http:");
    const commands: readonly (readonly [args: string[], data?: boolean])[] = [
      [["ls"]],
      [["get", "x", "-o", "-"]],
      [["chat"]],
      [["chat", "room", "--as", "me"]],
      [["fetch", "--head", `${url}/`]],
      // Answers have lines; everything else is one line.
      [["exec", "--", "x"], true],
      [["echo", "x"], true],
    ];
    const shown = await Promise.all(
      commands.map(([args]) => atTerminal(...to, ...args)),
    );
    commands.forEach(([args, data], i) => {
      const text = shown[i] ?? "";
      assertEquals(rawIn(text), data ? ["\t", "\n"] : [], `${args.join(" ")}: ${text}`);
      // It was shown, as an escape.
      assert(/<\\u0007>|<\\u00e2>/.test(text), `${args.join(" ")}: ${text}`);
    });
  },
});

Deno.test({
  name: "--raw lets a terminal have the data as it is, and nothing else",
  ignore,
  async fn() {
    await using server = await evilServer();
    const to = ["--to", server.endpoint, "--raw"];
    const [data = "", list = ""] = await Promise.all([
      atTerminal(...to, "exec", "--", "x"),
      atTerminal(...to, "ls"),
    ]);
    assertEquals(rawIn(data).length > EVIL.length - 3, true, data);
    assertEquals(rawIn(list), []);
  },
});
