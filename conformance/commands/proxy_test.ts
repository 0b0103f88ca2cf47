import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { connect, listen, openDatagrams } from "../../protocol/transport/mod.ts";
import { runProgram } from "../program.ts";
import { CHUNKING_KINDS } from "../proxy/parse_chunking.ts";
import { readAll, readExactly, wire, writeAll } from "../proxy/testing.ts";
import { echo, testServer } from "../testing.ts";

/** Where a file in `folder` is; the folder is removed behind the test. */
async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs the program in this process; `onLine` sees each line as it is written. */
async function run(
  args: readonly string[],
  onLine: (line: string) => void = () => {},
): Promise<{ code: number; out: string; err: string }> {
  let out = "", err = "";
  const write = (line: string) => {
    out += `${line}\n`;
    onLine(line);
  };
  const code = await runProgram(args, write, (line) => err += `${line}\n`);
  return { code, out, err };
}

/** Runs `proxy --once` with these options while `client` talks to it. */
async function proxied(
  options: readonly string[],
  client: (endpoint: string) => Promise<void>,
): Promise<{ code: number; out: string; err: string }> {
  let talking: Promise<void> | undefined;
  const result = await run(["proxy", "--once", ...options], (line) => {
    const endpoint = /listening (\S+),/.exec(line)?.[1] ?? /"listen":"([^"]+)"/.exec(line)?.[1];
    if (endpoint !== undefined) talking ??= client(endpoint);
  });
  await talking;
  return result;
}

/** Asks two questions and waits for each answer, then closes. */
async function ask(endpoint: string): Promise<void> {
  const connection = await connect(endpoint);
  for (const question of ["hello", "world!"]) {
    const bytes = wire("u32be", question);
    await writeAll(connection, bytes);
    assertEquals(await readExactly(connection, bytes.length), bytes);
  }
  await connection.closeWrite();
  await readAll(connection);
  connection.close();
}

Deno.test("the help lists every rule", async () => {
  const { code, out } = await run(["proxy", "--help"]);
  assertEquals(code, 0);
  for (const { form, help } of CHUNKING_KINDS) {
    assertStringIncludes(out, form);
    assertStringIncludes(out, help);
  }
});

Deno.test("traffic is cut, counted, recorded, exported, and played again", async () => {
  await using server = await testServer("tcp://127.0.0.1:0", "u32be", echo);
  await withFolder(async (folder) => {
    const record = `${folder}/record.jsonl`;
    const options = ["--to", server.endpoint, "--framing", "u32be", "--seed", "7"];
    const { code, out, err } = await proxied(
      [...options, "--chunking", "up=header:3,down=drip", "--record", record],
      ask,
    );
    assertEquals([code, err], [0, ""]);
    assertMatch(out, /^seed 7$/m);
    assertMatch(out, /^connection 1: transparent$/m);
    assertMatch(out, /^ {2}up {4}19 bytes in 4 chunks \(2 cut by the rule; /m);
    assertMatch(out, /^ {2}down {2}19 bytes in 19 chunks/m);
    assertMatch(out, /sha256 [0-9a-f]{64}$/m);

    const exported = await run(["proxy", "--export", record]);
    assertEquals(exported.out, "0000000568656c6c6f00000006776f726c6421\n");
    const file = `${folder}/stream.bin`;
    assertEquals((await run(["proxy", "--export", record, "--out", file])).code, 0);
    assertEquals(await Deno.readFile(file), wire("u32be", "hello", "world!"));

    const again = await run(["proxy", "--replay", record, "--to", server.endpoint]);
    assertEquals([again.code, again.err], [0, ""]);
    assertStringIncludes(again.out, "connection 1: 19 bytes came back, 19 recorded; the same");

    // The same requests to a target that answers otherwise.
    await using other = await testServer("tcp://127.0.0.1:0", "u32be", async (frames) => {
      for await (const payload of frames) await frames.send(payload.map((byte) => byte ^ 1));
    });
    const different = await run(["proxy", "--replay", record, "--to", other.endpoint]);
    assertEquals(different.code, 1);
    assertStringIncludes(different.out, "from byte 4: recorded 15 bytes 68656c6c6f");
    const json = await run(["proxy", "--replay", record, "--to", other.endpoint, "--json"]);
    assertEquals(JSON.parse(json.out).differsAt, 4);
  });
});

Deno.test("a target that answers less than was recorded is told, not waited for for ever", async () => {
  await using server = await testServer("tcp://127.0.0.1:0", "u32be", echo);
  await using silent = await testServer("tcp://127.0.0.1:0", "u32be", async (frames) => {
    for await (const _ of frames) { /* no answer */ }
  });
  await withFolder(async (folder) => {
    const record = `${folder}/record.jsonl`;
    await proxied(["--to", server.endpoint, "--record", record], ask);
    const args = ["proxy", "--replay", record, "--to", silent.endpoint, "--timeout", "0.2"];
    const { code, out } = await run(args);
    assertEquals(code, 1);
    assertStringIncludes(out, "0 of 9 bytes had come when the next chunk was due");
  });
});

Deno.test("one object per line with --json", async () => {
  await using server = await testServer("tcp://127.0.0.1:0", "u32be", echo);
  const { code, out } = await proxied(["--to", server.endpoint, "--json"], ask);
  const events = out.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([code, events.map(({ event }) => event)], [0, ["start", "connection", "end"]]);
  assertEquals(events[1].transparent, true);
  assertEquals(events[1].up.hashIn, events[1].up.hashOut);
  assertEquals(events[2].up.bytes, 19);
});

Deno.test("the same seed cuts the same traffic the same", async () => {
  await using server = await testServer("tcp://127.0.0.1:0", "u32be", echo);
  await withFolder(async (folder) => {
    const cuts = async (seed: number) => {
      const record = `${folder}/${crypto.randomUUID()}`;
      const options = ["--to", server.endpoint, "--record", record, "--chunking", "up=random"];
      await proxied([...options, "--seed", `${seed}`, "--hold", "60000"], async (endpoint) => {
        const connection = await connect(endpoint);
        const bytes = wire("u32be", "x".repeat(5000));
        await writeAll(connection, bytes);
        await connection.closeWrite();
        await readAll(connection);
        connection.close();
      });
      const lines = (await Deno.readTextFile(record)).trim().split("\n");
      return lines.map((line) => JSON.parse(line))
        .filter(({ event, direction }) => event === "chunk" && direction === "up")
        .map(({ start }) => start);
    };
    const first = await cuts(3);
    assert(first.length > 1);
    assertEquals(await cuts(3), first);
    assert(String(await cuts(4)) !== String(first));
  });
});

Deno.test("a wrong command line is exit code 2; no target is exit code 4", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/other`, '{"event":"run","about":{}}\n');
    const to = ["--to", "tcp://127.0.0.1:1"];
    const wrong: Record<string, string[]> = {
      "--to URL is missing": [],
      "did you mean drip?": [...to, "--chunking", "drop"],
      "such as --framing u32be": [...to, "--chunking", "whole"],
      "--direction does not go with": [...to, "--chunking", "up=drip", "--direction", "up"],
      "too much": [...to, "word"],
      "a proxy stands between": ["--to", "stdio:"],
      "Cannot read the file of --replay": [...to, "--replay", `${folder}/none`],
      "This is no record of a proxy": [...to, "--replay", `${folder}/other`],
      "Cannot listen on": [...to, "--listen", "tls://127.0.0.1:0"],
    };
    for (const [message, args] of Object.entries(wrong)) {
      const { code, err } = await run(["proxy", ...args]);
      assertEquals(code, 2, err);
      assertStringIncludes(err, message);
    }
    const free = await listen("tcp://127.0.0.1:0");
    free.close();
    const { code, out } = await proxied(["--to", free.endpoint], async (endpoint) => {
      const connection = await connect(endpoint);
      await connection.read(new Uint8Array(1)).catch(() => null);
      connection.close();
    });
    assertEquals(code, 4);
    assertStringIncludes(out, "nothing listens there");
    const record = `${folder}/record`;
    const about = { command: "proxy", seed: 1, chunking: {} };
    await Deno.writeTextFile(
      record,
      [
        { event: "run", about },
        { event: "chunk", connection: 1, direction: "up", hex: "00" },
      ].map((event) => JSON.stringify(event)).join("\n"),
    );
    const replayed = await run(["proxy", "--replay", record, "--to", free.endpoint]);
    assertEquals(replayed.code, 4);
    const missing = await run(["proxy", "--replay", record, ...to, "--connection", "9"]);
    assertStringIncludes(missing.err, "The record has no connection 9; it has 1");
    await Deno.writeTextFile(record, "\nhalf a li", { append: true });
    assertStringIncludes((await run(["proxy", "--export", record])).err, "Line 3 of the record");
  });
});

const unix = { ignore: Deno.build.os === "windows" };

Deno.test(
  "datagrams: faults in one direction, exact sums at the end, a record of each copy",
  unix,
  async () => {
    await withFolder(async (folder) => {
      await using target = await openDatagrams("udp://127.0.0.1:0");
      const echoing = (async () => {
        for await (const { bytes, from } of target) await target.send(bytes, from);
      })();
      let talking: Promise<void> | undefined;
      const talk = async (endpoint: string) => {
        await using client = await openDatagrams("udp://127.0.0.1:0");
        for (let i = 0; i < 20; i++) {
          await client.send(Uint8Array.of(i), endpoint);
          for (let copies = 2; copies > 0; copies--) {
            assertEquals((await client.receive())?.bytes, Uint8Array.of(i));
          }
        }
        // The command listens for it; SIGINT would end the tests as well.
        Deno.kill(Deno.pid, "SIGTERM");
      };
      const faults = ["--faults", "duplication=1", "--direction", "up"];
      const { code, out } = await run(
        ["proxy", "--to", target.endpoint, ...faults, "--seed", "3", "--record", `${folder}/r`],
        (line) => {
          const endpoint = /listening (udp:\S+),/.exec(line)?.[1];
          if (endpoint !== undefined) talking = talk(endpoint);
        },
      );
      await talking;
      assertEquals(code, 0, out);
      assertStringIncludes(
        out,
        "20 received, 40 sent = 40 delivered + 0 lost + 0 rejected (20 doubled",
      );
      assertStringIncludes(
        out,
        "40 received, 40 sent = 40 delivered + 0 lost + 0 rejected (0 doubled",
      );
      const lines = (await Deno.readTextFile(`${folder}/r`)).trim().split("\n");
      assertEquals(lines.length, 80);
      await target.close();
      await echoing;
    });
    for (
      const [args, problem] of [
        [["--to", "udp://127.0.0.1:1", "--faults", "loss=2"], "loss=2 is none of"],
        [["--to", "tcp://127.0.0.1:1", "--faults", "loss=0.1"], "for udp:// places only"],
        [["--to", "udp://127.0.0.1:1", "--replay", "x"], "cannot be replayed"],
        [["--to", "udp://127.0.0.1:1", "--listen", "tcp://127.0.0.1:1"], "this is for datagrams"],
      ] as const
    ) {
      const { code, err } = await run(["proxy", ...args]);
      assertEquals(code, 2);
      assertStringIncludes(err, problem);
    }
  },
);
