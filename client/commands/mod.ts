/**
 * All commands of `nonstick`. A new one is one new file and one line here.
 * @module
 */
import { ADDR } from "./addr.ts";
import { CHAT } from "./chat.ts";
import type { Command } from "./command.ts";
import { COMPLETIONS } from "./completions.ts";
import { ECHO, UPPER } from "./echo.ts";
import { EXEC } from "./exec.ts";
import { FETCH } from "./fetch.ts";
import { FRAMES } from "./frames.ts";
import { GET } from "./get.ts";
import { HELLO } from "./hello.ts";
import { LS } from "./ls.ts";
import { PING_COMMAND } from "./ping.ts";
import { PUT } from "./put.ts";

/** Every command there is, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  PING_COMMAND,
  ECHO,
  UPPER,
  HELLO,
  CHAT,
  EXEC,
  PUT,
  GET,
  LS,
  FRAMES,
  FETCH,
  ADDR,
  COMPLETIONS,
];
