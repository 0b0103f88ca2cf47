/**
 * All commands of `nonstick`. A new one is one new file and one line here.
 * @module
 */
import type { Command } from "./command.ts";
import { ECHO, UPPER } from "./echo.ts";
import { FRAMES } from "./frames.ts";
import { HELLO } from "./hello.ts";
import { PING_COMMAND } from "./ping.ts";

/** Every command there is, in the order of the help. */
export const COMMANDS: readonly Command[] = [PING_COMMAND, ECHO, UPPER, HELLO, FRAMES];
