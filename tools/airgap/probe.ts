// Everything of @std that the project leans on: if deno can load this file, JSR (or the cache) has it.

import "@std/assert";
import "@std/bytes";
import "@std/cli/parse-args";
import "@std/cli/prompt-secret";
import "@std/cli/unstable-progress-bar";
import "@std/streams/delimiter-stream";
