/**
 * What nonstick/1 listeners do. A new service is one new file and one line here.
 * @module
 */
import type { NativeService } from "../../protocol/native/mod.ts";
import { echo } from "./echo.ts";
import { hello } from "./hello.ts";
import { upper } from "./upper.ts";

/** The services that need no grant: they touch nothing but their own connection. */
export const HARMLESS: Readonly<Record<string, NativeService>> = { echo, upper, hello };
