import { assert, assertEquals } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import type { Contract } from "../stimulus/contract.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { PayloadSource } from "../stimulus/payloads.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import type { Delivery } from "../strategy/delivery.ts";
import type { ConformanceCase, Plan, Scene } from "./case.ts";
import { CASE_BOOK, CLOSING, findCase, OPENING, selectCases } from "./case_book.ts";

/** Deliveries of a case that are looked at; the large sets are much alike. */
const LOOKED_AT = 50;

function planOf(one: ConformanceCase, contract: Contract, scheme: Scene["scheme"]): Plan {
  const random = (name: string) => new RandomStream(11, `${one.id}/${name}`);
  const style = { letters: "binary", empty: true } as const;
  return one.plan({
    contract,
    scheme,
    random,
    payloads: (name = "payloads") => new PayloadSource(contract, random(name), style),
  });
}

function checkDelivery({ stimulus, cuts, waits }: Delivery, about: string): void {
  const { length } = stimulus.bytes;
  assert(length > 0, `${about}: there are bytes`);
  assert(cuts.every((at, i) => at > (cuts[i - 1] ?? 0) && at < length), `${about}: cuts ${cuts}`);
  const known = [...cuts, length];
  assert(waits.every((at, i) => known.includes(at) && at > (waits[i - 1] ?? 0)), `${about}: waits`);
}

function deliveriesOf(plan: Plan): Delivery[] {
  switch (plan.kind) {
    case "deliveries": {
      const { count, at } = plan.deliveries;
      const step = Math.max(1, Math.floor(count / LOOKED_AT));
      const some = Array.from({ length: Math.ceil(count / step) }, (_, i) => at(i * step));
      return plan.policy === undefined ? some : [...some, plan.policy];
    }
    case "parallel":
      return plan.halves.flat();
    case "false-expectation":
      return [plan.delivery];
    default:
      return [];
  }
}

Deno.test("every case has a number of its own and all its texts", () => {
  assertEquals(new Set(CASE_BOOK.map(({ id }) => id)).size, CASE_BOOK.length);
  for (const { id, title, requirement, why, issue, fix } of CASE_BOOK) {
    assert(/^\d+\.\d+$/.test(id), id);
    for (const text of [requirement, why, fix]) {
      assert(/^[A-Z`].*[.?]$/.test(text), `${id}: ${text}`);
    }
    assert(title.length > 3, id);
    if (issue !== undefined) {
      assert(/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/(issues|pull)\/\d+$/.test(issue), issue);
    }
  }
  for (const id of [...OPENING, ...CLOSING]) assert(findCase(id), id);
});

Deno.test("globs and sections select cases", () => {
  const ids = (include: string[], exclude: string[] = []) =>
    selectCases(include, exclude).map(({ id }) => id);
  assertEquals(ids([]).length, CASE_BOOK.length);
  assertEquals(ids(["1.1"]), ["1.1"]);
  assertEquals(ids(["1.1?"]), ["1.10", "1.11", "1.12"]);
  assertEquals(ids(["8"]), ids(["8.*"]));
  assertEquals(ids(["8"], ["8.2", "8.3"]), ["8.1", "8.4", "8.7"]);
  assertEquals(ids(["9.*"]), []);
  assertEquals(ids(["1"], ["*"]), []);
});

const SPECS =
  "u8 u16be u32be u64le i32le varint u32be?includes=header line line?tail=frame delim:61 netstring marked:02:03 slip cobs fixed:1 fixed:300 content-length json+u32be u32be?strip=0"
    .split(" ");

for (const spec of SPECS) {
  Deno.test(`every case can be planned for ${spec}`, () => {
    const contract = {
      framing: framing(spec),
      expectation: EXPECTATIONS.echo,
      maxFrame: 400,
    };
    for (const one of CASE_BOOK) {
      const plan = planOf(one, contract, "tcp");
      for (const delivery of deliveriesOf(plan)) checkDelivery(delivery, `${spec} ${one.id}`);
    }
  });
}

Deno.test("what a transport cannot do is not asked of it", () => {
  const contract = { framing: framing("u32be"), expectation: EXPECTATIONS.echo };
  const kinds = (id: string) => {
    const one = findCase(id);
    return (["tcp", "tls", "unix"] as const).map((scheme) =>
      one && planOf(one, contract, scheme).kind
    );
  };
  assertEquals(kinds("8.4"), ["deliveries", "nothing", "nothing"]);
  assertEquals(kinds("8.3"), ["deliveries", "nothing", "deliveries"]);
});

Deno.test("the single cuts of 1.1 and the pairs of 1.2 are all of them", () => {
  const contract = { framing: framing("u32be"), expectation: EXPECTATIONS.upper };
  const count = (id: string) => {
    const one = findCase(id);
    const plan = one && planOf(one, contract, "tcp");
    return plan?.kind === "deliveries" ? [plan.deliveries.count, plan.covers] : [];
  };
  assertEquals(count("1.1"), [299, "all single cuts of 300 bytes"]);
  assertEquals(count("1.2"), [4851, "all pairs of cuts of 100 bytes"]);
});
