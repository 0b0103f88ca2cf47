/** A right Redis-like server: commands are read from a buffer, as many as are whole. */
import { Buffer } from "node:buffer";
import { readCommand, serve, store } from "./resp.mjs";

serve(() => {
  const answer = store();
  let buffer = Buffer.alloc(0);
  return (bytes) => {
    buffer = Buffer.concat([buffer, bytes]);
    const answers = [];
    for (let command; (command = readCommand(buffer)) !== null;) {
      buffer = buffer.subarray(command.length);
      answers.push(Buffer.from(answer(command.words)));
    }
    return Buffer.concat(answers);
  };
});
