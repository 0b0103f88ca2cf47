import { assertEquals, assertRejects } from "@std/assert";
import dgram from "node:dgram";
import type { DatagramChannel } from "./datagram.ts";
import { DatagramError } from "./datagram_errors.ts";
import { scopeOfCard } from "./datagram_group.ts";
import { openDatagrams } from "./open_datagrams.ts";

/** Groups that nobody else uses, of each family, and what they are joined and sent to from. */
const FAMILIES = [
  { family: "IPv4", all: "udp://0.0.0.0:0", group: "239.255.77.8", card: "127.0.0.1" },
  { family: "IPv6", all: "udp://[::]:0", group: "ff02::4e:53", card: "1" },
] as const;

/** Whether this machine has a way to groups that leads back to it, as told by sockets that are not ours. */
async function carriesGroups(all: string, group: string): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const type = all.includes("[") ? "udp6" : "udp4";
  const there = dgram.createSocket({ type, reuseAddr: true }), here = dgram.createSocket(type);
  try {
    await new Promise<void>((resolve, reject) => there.once("error", reject).bind(0, resolve));
    there.addMembership(group);
    const came = new Promise<boolean>((resolve) => {
      there.once("message", () => resolve(true));
      timer = setTimeout(() => resolve(false), 2000);
    });
    const sent = await new Promise<boolean>((resolve) =>
      here.send("?", there.address().port, group, (error) => resolve(!error))
    );
    return sent && await came;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    for (const socket of [there, here]) {
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    }
  }
}

async function next(channel: DatagramChannel): Promise<number | undefined> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), 20_000);
  try {
    return (await channel.receive({ signal: late.signal }))?.bytes.length;
  } finally {
    clearTimeout(timer);
  }
}

for (const sockets of ["deno", "node"] as const) {
  for (const { family, all, group, card } of FAMILIES) {
    Deno.test(
      `a group of ${family} reaches its members on this machine, by sockets of ${sockets}`,
      {
        // The test of whether it can be needs node:dgram, which cannot join there.
        ignore: Deno.version.deno.startsWith("2.6."),
        // The socket that tells may wait longer than the test.
        sanitizeOps: false,
        sanitizeResources: false,
      },
      async () => {
        if (!await carriesGroups(all, group)) return;
        await using there = await openDatagrams(all, { sockets, reuseAddress: true });
        await using here = await openDatagrams(all, { sockets });
        if (there.local.scheme !== "udp") throw new Error("that is UDP");
        const to = { ...there.local, hostname: group };
        await there.join(group);
        await here.send(new Uint8Array(3), to);
        assertEquals(await next(there), 3);
        const again = await assertRejects(() => there.join(group), DatagramError, "joined already");
        assertEquals(again.reason, "in-use");
        await there.leave(group);
        await here.send(new Uint8Array(4), to);
        const own = family === "IPv4" ? "127.0.0.1" : "::1";
        await here.send(new Uint8Array(5), { ...there.local, hostname: own });
        assertEquals(await next(there), 5);
        // Behind leaving it can be joined again, and on a card of one's choice.
        await there.join(group, card);
        await there.leave(group);
      },
    );
  }

  Deno.test(`what is no group says so before the system is asked, by sockets of ${sockets}`, async () => {
    await using four = await openDatagrams("udp://0.0.0.0:0", { sockets });
    for (
      const [group, card, problem] of [
        ["10.0.0.1", undefined, "no group of IPv4, those are 224.0.0.0 to 239.255.255.255"],
        ["223.255.255.255", undefined, "no group of IPv4"],
        ["240.0.0.0", undefined, "no group of IPv4"],
        ["all-hosts.invalid", undefined, "no group of IPv4"],
        ["ff02::1", undefined, "no group of IPv4"],
        ["239.1.2.3", "eth0", "a network card is named by its address"],
      ] as const
    ) {
      const error = await assertRejects(() => four.join(group, card), DatagramError, problem);
      assertEquals(error.reason, "address", group);
    }
    await four.leave("239.1.2.3");
  });

  Deno.test(`cards of IPv6 are named by an index, by sockets of ${sockets}`, async () => {
    const six = await openDatagrams("udp://[::]:0", { sockets }).catch(() => null);
    if (six === null) return;
    for (
      const [group, card, problem] of [
        ["239.1.2.3", undefined, "no group of IPv6, those are ff00::/8"],
        ["fe80::1", undefined, "no group of IPv6"],
        ["ff02::4e:53", "eth0", "named by its index"],
        ["ff02::4e:53", "999999999", "Cannot join ff02::4e:53"],
      ] as const
    ) await assertRejects(() => six.join(group, card), DatagramError, problem);
    await six.close();
  });
}

Deno.test("the card with an index has a name: 1 is loopback, 0 any", () => {
  assertEquals(scopeOfCard(0), "::");
  assertEquals(scopeOfCard(999_999_999), undefined);
  const loopback = Deno.networkInterfaces().find(({ address }) => address === "127.0.0.1");
  if (loopback !== undefined) assertEquals(scopeOfCard(1), `::%${loopback.name}`);
  for (const { name, family, scopeid } of Deno.networkInterfaces()) {
    if (family === "IPv6" && scopeid) assertEquals(scopeOfCard(scopeid), `::%${name}`);
  }
});

Deno.test("a send that the system refuses without a name for it says what it may be", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using here = await openDatagrams("udp://127.0.0.1:0", { sockets: "node" });
  const error = await assertRejects(
    () => here.send(new Uint8Array(1), "udp://127.255.255.255:9"),
    DatagramError,
    "Cannot send to udp://127.255.255.255:9: the system refuses",
  );
  assertEquals(error.message.includes("broadcast: true"), true);
  await using all = await openDatagrams("udp://127.0.0.1:0", { sockets: "node", broadcast: true });
  await all.send(new Uint8Array(1), "udp://127.255.255.255:9");
});
