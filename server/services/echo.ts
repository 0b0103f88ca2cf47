import type { Service } from "./service.ts";

/** Answers every message with itself. */
export const ECHO: Service = {
  name: "echo",
  summary: "answers what it gets",
};
