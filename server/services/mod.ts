/**
 * All services by name. A new one is one new file and one line here.
 * @module
 */
import { ECHO } from "./echo.ts";
import { HELLO } from "./hello.ts";
import type { Service } from "./service.ts";
import { UPPER } from "./upper.ts";

/** Every service there is. */
export const SERVICES: readonly Service[] = [ECHO, UPPER, HELLO];
