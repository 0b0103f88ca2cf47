// What the real @std/cli documents of parseArgs, run against whatever "@std/cli" resolves to. Each row
// is a command line and what comes of it.

import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";

Deno.test("@std/cli parseArgs without options guesses", () => {
  const rows: [line: string, found: Record<string, unknown>][] = [
    ["", { _: [] }],
    ["--foo --bar=baz ./quux.txt", { foo: true, bar: "baz", _: ["./quux.txt"] }],
    ["--foo bar", { foo: "bar", _: [] }],
    ["--foo --bar", { foo: true, bar: true, _: [] }],
    ["--n 5 --x=0x10 7 1e3 -", { n: 5, x: 16, _: [7, 1000, "-"] }],
    ["--foo true --bar false", { foo: "true", bar: "false", _: [] }],
    ["--no-foo", { "no-foo": true, _: [] }],
    ["--a=b=c", { a: "b=c", _: [] }],
    ["--a 1 --a 2", { a: 2, _: [] }],
    ["-a -b c", { a: true, b: "c", _: [] }],
    ["-abc", { a: true, b: true, c: true, _: [] }],
    ["-n5 -m=6", { n: 5, m: 6, _: [] }],
    ["-f ./x", { f: "./x", _: [] }],
    ["a -- --b -c", { _: ["a", "--b", "-c"] }],
    ["--constructor=1 --__proto__=1", { _: [] }],
  ];
  for (const [line, found] of rows) {
    assertEquals(parseArgs(line.split(" ").filter(Boolean)), found, line);
  }
});

Deno.test("@std/cli parseArgs with named flags", () => {
  const parse = (line: string) =>
    parseArgs(line.split(" ").filter(Boolean), {
      boolean: ["json", "quiet"],
      string: ["to", "listen", "count"],
      collect: ["listen"],
      negatable: ["quiet"],
      alias: { quiet: "q", to: ["t"] },
      default: { count: "1" },
    });
  const bare = { json: false, quiet: false, q: false, listen: [], count: "1", _: [] };
  const rows: [line: string, found: Record<string, unknown>][] = [
    ["", bare],
    ["--json x", { ...bare, json: true, _: ["x"] }],
    ["--json false x", { ...bare, json: false, _: ["x"] }],
    ["--json=false", { ...bare, json: false }],
    ["-q", { ...bare, quiet: true, q: true }],
    ["-q --no-quiet", { ...bare }],
    ["--no-json", { ...bare, "no-json": true }],
    ["--to 7000", { ...bare, to: "7000", t: "7000" }],
    ["-t x", { ...bare, to: "x", t: "x" }],
    ["--to", { ...bare, to: "", t: "" }],
    ["--to --json", { ...bare, to: "", t: "", json: true }],
    ["--to=", { ...bare, to: "", t: "" }],
    ["--listen a --listen=b", { ...bare, listen: ["a", "b"] }],
    ["--count 3 4", { ...bare, count: "3", _: [4] }],
  ];
  for (const [line, found] of rows) assertEquals<unknown>(parse(line), found, line);
});

Deno.test("@std/cli parseArgs types what it finds", () => {
  const args = parseArgs(["--to", "x", "--listen", "a"], {
    boolean: ["json"],
    string: ["to", "listen", "mode"],
    collect: ["listen"],
    default: { mode: "fast" },
    "--": true,
  });
  const json: boolean = args.json;
  const to: string | undefined = args.to;
  const listen: string[] = args.listen;
  const mode: string = args.mode;
  const rest: (string | number)[] = args._;
  const verbatim: string[] = args["--"];
  assertEquals([json, to, listen, mode, rest, verbatim], [false, "x", ["a"], "fast", [], []]);
});

Deno.test('@std/cli parseArgs "--" and stopEarly keep the rest as it is', () => {
  assertEquals<unknown>(parseArgs(["a", "--", "b", "--c"], { "--": true }), {
    _: ["a"],
    "--": ["b", "--c"],
  });
  assertEquals<unknown>(
    parseArgs(["--a", "exec", "--b", "5"], { boolean: ["a"], stopEarly: true }),
    {
      a: true,
      _: ["exec", "--b", "5"],
    },
  );
  assertEquals<unknown>(parseArgs(["5", "x"], { string: ["_"] }), { _: ["5", "x"] });
});

Deno.test("@std/cli parseArgs asks unknown about what no option names", () => {
  const asked: unknown[] = [];
  const found = parseArgs(["--known", "1", "--typo=2", "-x", "file"], {
    string: ["known"],
    unknown: (arg, key, value) => {
      asked.push([arg, key, value]);
      return key === undefined;
    },
  });
  assertEquals<unknown>(found, { known: "1", _: [] });
  assertEquals(asked, [["--typo=2", "typo", "2"], ["-x", "x", "file"]]);
});

Deno.test("@std/cli parseArgs boolean: true takes no value without =", () => {
  assertEquals<unknown>(parseArgs(["--a", "x", "--b=y"], { boolean: true }), {
    a: true,
    b: "y",
    _: ["x"],
  });
});
