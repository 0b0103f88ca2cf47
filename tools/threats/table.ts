import { FILES } from "./rows/files.ts";
import { POWERS } from "./rows/powers.ts";
import { TEXT } from "./rows/text.ts";
import { TRAFFIC } from "./rows/traffic.ts";
import type { Threat } from "./threat.ts";

/** All threats, S1 to S25. */
export const THREATS: readonly Threat[] = [...FILES, ...TRAFFIC, ...POWERS, ...TEXT]
  .sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
