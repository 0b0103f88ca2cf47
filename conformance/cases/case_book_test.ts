import { assert, assertEquals } from "@std/assert";
import { framing } from "../../protocol/framing/mod.ts";
import type { Contract } from "../stimulus/contract.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { PayloadSource } from "../stimulus/payloads.ts";
import { RandomStream } from "../stimulus/random_stream.ts";
import type { Delivery } from "../strategy/delivery.ts";
import { ONE_OF_EACH_KIND } from "../verify/proved_framings.ts";
import type { ConformanceCase, Plan, Scene } from "./case.ts";
import { CASE_BOOK, CLOSING, findCase, OPENING, selectCases } from "./case_book.ts";
import { FEATURES, lacking } from "./features.ts";
import { outcomesOf } from "./outcomes.ts";
import { planFor } from "./plan_for.ts";
import { planned } from "./planned.ts";

/** How many cases each section of the case book has. */
const BOOK: Readonly<Record<number, number>> = {
  0: 8,
  1: 12,
  2: 8,
  3: 11,
  4: 8,
  5: 11,
  6: 10,
  7: 8,
  8: 9,
  9: 8,
  10: 6,
  11: 6,
  12: 13,
  13: 5,
};

/** Deliveries of a case that are looked at; the large sets are much alike. */
const LOOKED_AT = 50;

function planOf(one: ConformanceCase, contract: Contract, scheme: Scene["scheme"]): Plan {
  const random = (name: string) => new RandomStream(11, `${one.id}/${name}`);
  const style = { letters: "binary", empty: true } as const;
  return planFor(one, {
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
  assertEquals(ids(["8.1", "8.2", "8.3", "8.4"], ["8.2", "8.3"]), ["8.1", "8.4"]);
  assertEquals(ids(["1"], ["1.*"]), []);
  assertEquals(ids(["10"]).at(-1), "10.6");
  assertEquals(ids(["77.*"]), []);
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

Deno.test("the needs of a case say why it does not apply, before anything is planned", () => {
  const scene = (spec: string, scheme: Scene["scheme"] = "tcp", maxFrame?: number): Scene => ({
    contract: {
      framing: framing(spec),
      expectation: EXPECTATIONS.echo,
      ...(maxFrame === undefined ? {} : { maxFrame }),
    },
    scheme,
    random: (name) => new RandomStream(1, name),
    payloads: () => {
      throw new Error("nothing is planned");
    },
  });
  assertEquals(lacking(scene("line"), ["netstring"]), "line is not: netstrings");
  assertEquals(lacking(scene("u8", "tls"), ["half-close"])?.includes("RFC 5246"), true);
  assertEquals(lacking(scene("u8"), ["limit"]), "give the target's own limit with --max-frame N");
  assertEquals(lacking(scene("u8", "tcp", 300), ["limit"]), "u8 cannot carry more than 300 bytes");
  assertEquals(lacking(scene("u32be", "tcp", 300), ["limit", "room", "binary length"]), undefined);
  for (const one of CASE_BOOK) {
    for (const need of one.needs ?? []) assert(FEATURES[need].about.length > 3, one.id);
    if (lacking(scene("fixed:2"), one.needs ?? []) === undefined) continue;
    assertEquals(planFor(one, scene("fixed:2")).kind, "nothing", one.id);
  }
});

Deno.test("what is seen for a verdict is said for each that a case can come to", () => {
  for (const one of CASE_BOOK) {
    const outcomes = outcomesOf(one);
    const broken =
      { MUST: outcomes.FAIL, SHOULD: outcomes.NONSTRICT, MAY: outcomes.INFO }[one.level];
    assert(broken && outcomes.PASS && outcomes.INCONCLUSIVE, one.id);
    for (const seen of Object.values(outcomes)) {
      assert(/^[A-Z].*\.$/.test(seen), `${one.id}: ${seen}`);
    }
  }
});

Deno.test("what would be played is told without playing", () => {
  const contract = { framing: framing("u32be"), expectation: EXPECTATIONS.echo, maxFrame: 400 };
  const plans = planned(contract, "tcp", selectCases(["1.1", "7.1", "3.7"], []), 5);
  assertEquals(plans.map(({ id, kind }) => [id, kind]), [
    ["1.1", "deliveries"],
    ["3.7", "deliveries"],
    ["7.1", "nothing"],
  ]);
  assertEquals(plans[0]?.deliveries, 299);
  assertEquals(plans[0]?.covers, "all single cuts of 300 bytes");
  assertEquals([plans[2]?.verdict, plans[2]?.why], ["UNSUPPORTED", "u32be is not: netstrings"]);
  assertEquals(planned(contract, "tcp", CASE_BOOK, 5), planned(contract, "tcp", CASE_BOOK, 5));
});

Deno.test("sections stand in order, and every case of the book is there", () => {
  const ids = CASE_BOOK.map(({ id }) => id);
  const place = (id: string) => {
    const [section = 0, number = 0] = id.split(".").map(Number);
    return 1000 * section + number;
  };
  assertEquals(ids, [...ids].sort((a, b) => place(a) - place(b)));
  const book = Object.entries(BOOK).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, i) => `${section}.${i + 1}`)
  );
  assertEquals(ids.filter((id) => !book.includes(id)), [], "cases that are not in the book");
  assertEquals(book.filter((id) => !ids.includes(id)), [], "cases that are missing");
});

Deno.test("every case makes a plan for every kind of framing, with and without a limit", () => {
  const unlimited = ["u32be", "line"];
  for (const spec of ONE_OF_EACH_KIND) {
    for (const limit of [{ maxFrame: 4096 }, ...unlimited.includes(spec) ? [{}] : []]) {
      const contract = { framing: framing(spec), expectation: EXPECTATIONS.echo, ...limit };
      assertEquals(planned(contract, "tcp", CASE_BOOK, 1).length, CASE_BOOK.length, spec);
    }
  }
});
