import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RunningServer, runProgram } from "../cli/testing.ts";
import { networkOf } from "../cli/address.ts";
import { Doorkeeper, type DoorRules, type PENALTIES, THIS_MACHINE } from "./doorkeeper.ts";

function networks(...texts: string[]) {
  return texts.map((text) => {
    const network = networkOf(text);
    assert(network !== null, text);
    return network;
  });
}

const OPEN: DoorRules = {
  allow: [],
  deny: [],
  mostPerSource: 2,
  exempt: THIS_MACHINE,
};

Deno.test("deny wins over allow, and mapped addresses are what they map", () => {
  const door = new Doorkeeper({
    ...OPEN,
    allow: networks("10.0.0.0/8", "fd00::/8", "127.0.0.0/8"),
    deny: networks("10.1.0.0/16", "10.0.0.5"),
  });
  for (
    const [remote, refused] of [
      ["tcp://10.2.3.4:5", undefined],
      ["tcp://10.1.3.4:5", "denied"],
      ["tls://10.0.0.5:5", "denied"],
      ["tcp://10.0.0.6:5", undefined],
      ["tcp://[::ffff:10.1.0.1]:5", "denied"],
      ["tcp://[fd00::1]:5", undefined],
      ["tcp://[2001:db8::1]:5", "not allowed"],
      ["tcp://11.0.0.1:5", "not allowed"],
      ["tcp://127.0.0.1:5", undefined],
      ["unix:", undefined],
      ["stdio:", undefined],
    ] as const
  ) assertEquals(door.enter(remote)?.refused, refused, remote);
});

Deno.test("a bad rule is none at all", () => {
  for (
    const text of [
      "",
      "10.0.0.0/33",
      "10.0.0",
      "host",
      "10.0.0.0/8/8",
      "::/129",
      "10.0.0.0/255.0.255.0",
    ]
  ) {
    assertEquals(networkOf(text), null, text);
  }
});

Deno.test("each source has its share, however many addresses of a /64 it uses", () => {
  const door = new Doorkeeper(OPEN);
  const enter = (remote: string) => door.enter(remote)?.refused;
  assertEquals([1, 2, 3].map((port) => enter(`tcp://8.8.8.8:${port}`)), [
    ...[undefined, undefined, "too many connections"],
  ]);
  assertEquals(enter("tcp://8.8.8.9:1"), undefined);
  assertEquals([1, 2, 3].map((host) => enter(`tcp://[2001:db8::${host}]:1`)), [
    ...[undefined, undefined, "too many connections"],
  ]);
  assertEquals(enter("tcp://[2001:db8:0:1::1]:1"), undefined);
  // To ask does not count.
  assertEquals(door.refusalOf("8.8.8.8")?.refused, "too many connections");
  for (let i = 0; i < 5; i++) assertEquals(door.refusalOf("8.8.8.10"), null);
  assertEquals(enter("tcp://8.8.8.10:1"), undefined);
  door.leave("tcp://8.8.8.10:1");
  door.leave("tcp://8.8.8.8:1");
  assertEquals(enter("tcp://8.8.8.8:4"), undefined);
  for (let i = 0; i < 100; i++) assertEquals(enter(`tcp://127.0.0.1:${i + 1}`), undefined);
  for (
    const remote of [
      "8.8.8.8",
      "8.8.8.8",
      "8.8.8.9",
      "[2001:db8::1]",
      "[2001:db8::2]",
      "[2001:db8:0:1::1]",
    ]
  ) {
    door.leave(`tcp://${remote}:1`);
  }
  assertEquals(door.size, 0);
});

Deno.test("a /64 is one source, a mapped address what it maps, and all who come by a path are one", () => {
  const door = new Doorkeeper(OPEN);
  for (
    const [one, other] of [
      ["tcp://[2001:db8::1]:1", "tls://[2001:db8::2:3]:4"],
      ["tcp://8.8.8.8:1", "tcp://[::ffff:8.8.8.8]:2"],
      ["unix:", "unix:///run/x"],
    ] as const
  ) {
    assertEquals(door.sourceOf(one), door.sourceOf(other));
  }
  assert(door.sourceOf("tcp://127.0.0.2:1") !== door.sourceOf("tcp://127.0.0.3:1"));
});

Deno.test("who misbehaves waits, longer each time, and is forgotten in the end", () => {
  let now = 0;
  const door = new Doorkeeper(OPEN, () => now);
  const peer = "tcp://8.8.8.8:1";
  const refused = () => {
    const why = door.enter(peer)?.refused;
    if (why === undefined) door.leave(peer);
    return why;
  };
  for (let i = 0; i < 3; i++) {
    assertEquals(refused(), undefined);
    door.punish(peer, "auth");
  }
  assertEquals(refused(), undefined);
  door.punish(peer, "auth");
  assertEquals(refused(), "penalty");
  now += 19_999;
  assertEquals(refused(), "penalty", "until the last of it is served");
  now += 1;
  assertEquals(refused(), undefined);
  door.punish(peer, "auth");
  assertEquals(refused(), undefined, "what was served does not count again");
  for (let i = 0; i < 1000; i++) door.punish(peer, "auth");
  now += 599_999;
  assertEquals(refused(), "penalty");
  now += 1;
  assertEquals(refused(), undefined);
  assertEquals(door.size, 0);
  for (const local of ["tcp://127.0.0.1:1", "tls://[::1]:1", "tcp://[::ffff:127.0.0.9]:1"]) {
    door.punish(local, "auth");
  }
  assertEquals(door.size, 0);
  const strict = new Doorkeeper({ ...OPEN, exempt: [] });
  strict.punish("tcp://127.0.0.1:1", "auth");
  assertEquals(strict.size, 1);
});

Deno.test("a flood of sources does not grow without bound, nor push out who is in or has most to fear", () => {
  const door = new Doorkeeper(OPEN, () => 0), known = "tcp://8.8.8.8:1", inside = "tcp://8.8.4.4";
  for (let i = 0; i < 4; i++) door.punish(known, "auth");
  assertEquals(door.enter(`${inside}:1`), null);
  for (let i = 0; i < 90_000; i++) {
    door.punish(`tcp://${16 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.1:1`, "protocol");
  }
  assert(door.size <= 65_536, `${door.size}`);
  assertEquals(door.enter(known)?.refused, "penalty");
  assertEquals(door.enter(`${inside}:2`), null);
  assertEquals(door.enter(`${inside}:3`)?.refused, "too many connections");
});

Deno.test("--deny and --allow hold at the door of the program, and a bad rule stops it", async () => {
  await using server = await RunningServer.start(
    ["--listen", "tcp://127.0.0.1:0", "--deny", "127.0.0.0/8,::1", "--log", "json"],
    1,
  );
  const refused = await runProgram("client", ["--to", server.urls[0] ?? "", "ping"]);
  assertEquals(refused.code, 1, refused.stderr);
  server.kill("SIGTERM");
  assertStringIncludes((await server.ended()).stderr, '"event":"refused"');
  const bad = await runProgram("server", ["--allow", "10.0.0.0/8,nonsense"]);
  assertEquals(bad.code, 2);
  assertStringIncludes(bad.stderr, '"nonsense" is no network');
});

Deno.test("a few wrong tokens hurt, and more of what may be a mistake", () => {
  const times = (why: keyof typeof PENALTIES) => {
    const door = new Doorkeeper(OPEN, () => 0), peer = "tcp://8.8.8.8:1";
    let count = 0;
    for (; count < 100 && door.enter(peer) === null; count++) {
      door.leave(peer);
      door.punish(peer, why);
    }
    return count;
  };
  assertEquals(
    [times("auth"), times("protocol"), times("silence"), times("slowness")],
    [4, 16, 16, 16],
  );
});

Deno.test("other rules hold for who comes next; who is in leaves, and penalties stay", () => {
  const door = new Doorkeeper({ ...OPEN, mostPerSource: 1 }, () => 0);
  const [peer, other, bad] = ["tcp://192.0.2.1:5", "tcp://192.0.2.2:5", "tcp://192.0.2.3:5"];
  assertEquals([door.enter(peer), door.enter(peer)?.refused], [null, "too many connections"]);
  door.changeRules({ ...OPEN, mostPerSource: 2 });
  assertEquals([door.enter(peer), door.enter(peer)?.refused], [null, "too many connections"]);
  assertEquals(door.enter(other), null);
  for (let i = 0; i < 4; i++) door.punish(bad, "auth");
  door.changeRules({ ...OPEN, deny: networks("192.0.2.2"), exempt: networks("192.0.2.1") });
  assertEquals([door.enter(other)?.refused, door.enter(bad)?.refused], ["denied", "penalty"]);
  door.leave(other);
  door.leave(peer);
  door.leave(peer);
  assertEquals(door.size, 1);
});
