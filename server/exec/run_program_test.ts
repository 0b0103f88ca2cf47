import { assert, assertEquals, assertRejects } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { ExchangeError } from "../../protocol/native/mod.ts";
import { type ExecGrant, type OutputStream, type ProgramEnd, runProgram } from "./run_program.ts";

const unix = { ignore: Deno.build.os === "windows" };

const GRANT: ExecGrant = { programs: "any", maxOutput: 1 << 20, deadlineMs: 30_000 };
const utf8 = (text: string) => new TextEncoder().encode(text);

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(utf8(text));
}

async function run(
  argv: readonly string[],
  more: {
    readonly grant?: Partial<ExecGrant>;
    readonly input?: AsyncIterable<Uint8Array>;
    readonly signal?: AbortSignal;
    readonly onOutput?: (stream: OutputStream, bytes: Uint8Array) => Promise<void>;
  } = {},
): Promise<{ end: ProgramEnd; out: string; err: string }> {
  const written: Record<OutputStream, Uint8Array[]> = { out: [], err: [] };
  const end = await runProgram(argv, { ...GRANT, ...more.grant }, {
    ...(more.input ? { input: more.input } : {}),
    ...(more.signal ? { signal: more.signal } : {}),
    onOutput: more.onOutput ?? ((stream, bytes) => {
      written[stream].push(bytes.slice());
      return Promise.resolve();
    }),
  });
  const text = (stream: OutputStream) => new TextDecoder().decode(concat(written[stream]));
  return { end, out: text("out"), err: text("err") };
}

const sh = (script: string) => ["sh", "-c", script];

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => promise, ExchangeError)).code;
}

/** Whether a process is still there, a zombie not counted. */
function lives(pid: number): boolean {
  const { code, stdout } = new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] })
    .outputSync();
  return code === 0 && !new TextDecoder().decode(stdout).startsWith("Z");
}

async function gone(pid: number): Promise<void> {
  for (let i = 0; lives(pid); i++) {
    assert(i < 500, `process ${pid} lives on`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("both outputs come apart, with the exit code", unix, async () => {
  assertEquals(await run(sh("echo one; echo two >&2; exit 7")), {
    end: { code: 7, truncated: false },
    out: "one\n",
    err: "two\n",
  });
});

Deno.test("a program that a signal ends says which", unix, async () => {
  const { end } = await run(sh("kill -TERM $$"));
  assertEquals(end, { code: 143, signal: "SIGTERM", truncated: false });
});

Deno.test("input is streamed, and one that is not read disturbs nobody", unix, async () => {
  assertEquals((await run(["cat"], { input: chunks("a", "b", "c") })).out, "abc");
  assertEquals((await run(["cat"])).out, "");
  const endless = async function* () {
    for (;;) yield await Promise.resolve(new Uint8Array(65_536));
  };
  assertEquals((await run(["true"], { input: endless() })).end.code, 0);
  const never = async function* () {
    await new Promise(() => {});
    yield utf8("");
  };
  assertEquals((await run(["true"], { input: never() })).end.code, 0);
});

Deno.test("input without end waits for a program that reads nothing of it", unix, async () => {
  let pulled = 0;
  const endless = async function* () {
    for (;; pulled++) yield await Promise.resolve(new Uint8Array(65_536));
  };
  assertEquals((await run(["sleep", "0.5"], { input: endless() })).end.code, 0);
  // A pipe holds 64 KiB, or a MiB at most; the rest is never asked for.
  assert(pulled <= 20, `${pulled} pieces of 64 KiB were taken`);
});

Deno.test("arguments arrive as they are: no shell ever sees them", unix, async () => {
  const argv = [
    "printf",
    "%s|",
    "a;b",
    "$(id)",
    "`id`",
    "a b",
    "a|b",
    "a && b & c",
    "> /tmp/x",
    "$HOME",
    "*",
    "-n",
    "--help",
    "line\nbreak",
    "",
    "'\"",
  ];
  assertEquals((await run(argv)).out, argv.slice(2).map((word) => `${word}|`).join(""));
});

Deno.test("the environment has nothing of the server's", unix, async () => {
  Deno.env.set("NONSTICK_SECRET", "x");
  const { out } = await run(["env"]);
  Deno.env.delete("NONSTICK_SECRET");
  const names = out.trim().split("\n").map((line) => line.split("=")[0]).sort();
  assertEquals(names, ["LANG", "PATH"]);
});

Deno.test("only what is allowed is run, by its very name", unix, async () => {
  const grant = { programs: new Set(["true", "missing-program"]) };
  assertEquals((await run(["true"], { grant })).end.code, 0);
  for (const argv of [["false"], ["/bin/true"], ["./true"], ["true "], ["TRUE"], ["x.bat"]]) {
    assertEquals(await codeOf(run(argv, { grant })), "denied", argv.join());
  }
  assertEquals(await codeOf(run(["x.BAT. ", "&calc"])), "denied");
  assertEquals(await codeOf(run(["missing-program"], { grant })), "not-found");
  assertEquals(await codeOf(run([])), "invalid");
  assertEquals(await codeOf(run(["true", "a\0b"])), "invalid");
});

Deno.test("too much output ends the program; what is allowed was handed on", unix, async () => {
  const { end, out } = await run(["yes"], { grant: { maxOutput: 100_001 } });
  assertEquals(end, { code: 137, signal: "SIGKILL", truncated: true });
  assertEquals(out.length, 100_001);
});

Deno.test("deadline, cancel and a receiver that fails end the whole group", unix, async () => {
  const tree = 'sh -c "trap \\"\\" TERM; sleep 1000" & echo $!; echo $$; wait';
  for (const how of ["deadline", "cancel", "receiver"]) {
    const pids: number[] = [];
    const stop = new AbortController();
    const running = run(sh(tree), {
      grant: how === "deadline" ? { deadlineMs: 500 } : {},
      signal: stop.signal,
      onOutput: (_, bytes) => {
        pids.push(...new TextDecoder().decode(bytes).trim().split("\n").map(Number));
        if (pids.length === 2 && how === "cancel") stop.abort();
        if (pids.length === 2 && how === "receiver") return Promise.reject(new Error("full"));
        return Promise.resolve();
      },
    });
    if (how === "receiver") await assertRejects(() => running, Error, "full");
    else assertEquals(await codeOf(running), how === "deadline" ? "timeout" : "cancelled");
    assertEquals(pids.length, 2);
    await Promise.all(pids.map(gone));
  }
});

Deno.test("children left in the background end with the program", unix, async () => {
  const { out, end } = await run(sh("sleep 1000 & echo $!"));
  assertEquals(end.code, 0);
  await gone(Number(out));
});
