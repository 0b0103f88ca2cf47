/** Wrong: line ends are looked for in what is new only, so that one which comes in two reads is never seen. */
import { Buffer } from "node:buffer";
import { readCommand, serve, store } from "./resp.mjs";

serve(() => {
  const answer = store();
  let buffer = Buffer.alloc(0);
  return (bytes) => {
    let scanned = buffer.length;
    buffer = Buffer.concat([buffer, bytes]);
    const answers = [];
    for (let command; (command = readCommand(buffer, scanned)) !== null; scanned = 0) {
      buffer = buffer.subarray(command.length);
      answers.push(Buffer.from(answer(command.words)));
    }
    return Buffer.concat(answers);
  };
});
