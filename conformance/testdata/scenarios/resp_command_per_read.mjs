/** Wrong: one command for each read; what follows it in the same read is thrown away. */
import { Buffer } from "node:buffer";
import { readCommand, serve, store } from "./resp.mjs";

serve(() => {
  const answer = store();
  let buffer = Buffer.alloc(0);
  return (bytes) => {
    buffer = Buffer.concat([buffer, bytes]);
    const command = readCommand(buffer);
    if (command === null) return "";
    buffer = Buffer.alloc(0);
    return answer(command.words);
  };
});
