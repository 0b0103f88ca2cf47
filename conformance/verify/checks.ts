import type { Check } from "./check.ts";
import { CLAIM } from "./checks/claim.ts";
import { CLOSURE } from "./checks/closure.ts";
import { CONTROL } from "./checks/control.ts";
import { CUT_CHECKS } from "./checks/cuts.ts";
import { END_EVERYWHERE } from "./checks/end_everywhere.ts";
import { FLOOD } from "./checks/flood.ts";
import { LINEAR_WORK } from "./checks/linear_work.ts";
import { OTHER_WAYS } from "./checks/other_ways.ts";
import { RELAY } from "./checks/relay.ts";
import { ROUND_TRIP } from "./checks/round_trip.ts";

/** All checks, in the order of reports. */
export const CHECKS: readonly Check[] = [
  CONTROL,
  ...CUT_CHECKS,
  CLOSURE,
  END_EVERYWHERE,
  ROUND_TRIP,
  RELAY,
  OTHER_WAYS,
  FLOOD,
  CLAIM,
  LINEAR_WORK,
];

/** Names of all checks, in the order of reports. */
export const CHECK_NAMES: readonly string[] = CHECKS.map(({ name }) => name);

/** What each check does, by name. */
export const CHECKS_ABOUT: ReadonlyMap<string, string> = new Map(
  CHECKS.map(({ name, about }) => [name, about]),
);
