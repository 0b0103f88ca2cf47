import { planned, type PlannedCase } from "../cases/planned.ts";
import { selectCases } from "../cases/case_book.ts";
import { EXPECTATIONS } from "../stimulus/expectation.ts";
import { framing } from "../../protocol/framing/mod.ts";
import { parseEndpoint } from "../../protocol/transport/mod.ts";
import { UsageError } from "../../cli/options.ts";
import { planDatagramClient } from "../datagram_clients/run_datagram_client.ts";
import { planDatagrams } from "../datagrams/run_datagrams.ts";
import { ConformanceUsageError, type RunOptions } from "../run_options.ts";
import type { RunSettings } from "./run_settings.ts";

/**
 * Says what a run would play, and plays nothing.
 *
 * @throws {UsageError} if the run cannot be planned without playing it.
 */
export function dryRun(target: string, values: RunSettings, write: (line: string) => void): number {
  return tell(planOf(target, values), values, write);
}

/** The same for a target of datagrams: a server, or with `side: "client"` a client. */
export function dryRunDatagrams(
  target: string,
  values: RunSettings,
  options: RunOptions,
  write: (line: string) => void,
): number {
  const plans = options.side === "client"
    ? planDatagramClient(target, options)
    : planDatagrams(target, options);
  return tell(plans, values, write);
}

function planOf(target: string, values: RunSettings): PlannedCase[] {
  const expectation = Object.values(EXPECTATIONS).find(({ name }) => name === values.expect);
  if (expectation === undefined || values.framing === undefined) {
    throw new UsageError("--dry-run needs --framing, and --expect echo, upper, hello or none.");
  }
  const { scheme } = parseEndpoint(target);
  if (scheme === "memory" || scheme === "quic" || scheme === "fd") {
    throw new UsageError(`${scheme}: is no target.`);
  }
  const maxFrame = values["max-frame"];
  const contract = {
    framing: framing(values.framing),
    expectation,
    overLimit: values["over-limit"],
    atEof: values["at-eof"],
    halfClose: values["half-close"],
    ...(maxFrame === undefined ? {} : { maxFrame }),
  };
  const cases = selectCases(values.cases.flat(), values.exclude.flat());
  if (cases.length === 0) {
    throw new ConformanceUsageError(`No case matches ${values.cases.flat().join(",") || "*"}`);
  }
  return planned(contract, scheme, cases, values.seed ?? 1);
}

function tell(
  plans: readonly PlannedCase[],
  values: RunSettings,
  write: (line: string) => void,
): number {
  const json = values.json || values.format === "json";
  for (const one of plans) {
    write(json ? JSON.stringify({ type: "planned", ...one }) : planLine(one));
  }
  const deliveries = plans.reduce((sum, one) => sum + one.deliveries, 0);
  if (!json) write(`\n${plans.length} cases, ${deliveries} deliveries; nothing was played`);
  return 0;
}

function planLine(
  { id, title, level, kind, deliveries, covers, verdict, why }: PlannedCase,
): string {
  const what = verdict !== undefined
    ? `${verdict}: ${why ?? ""}`
    : covers ?? (deliveries > 0 ? `${deliveries} deliveries` : kind);
  return `${id.padEnd(6)} ${level.padEnd(6)} ${title.padEnd(52)} ${what}`.trimEnd();
}
