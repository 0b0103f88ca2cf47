// A right client in another style: node ask.mjs PORT. It asks all at once, as events come, numbers its tries with the
// questions, tells what it makes of them in JSON, and says on the way that it waits.
import { createSocket } from "node:dgram";

const port = Number(process.argv[2]);
const questions = ["alpha and more", "beta and more", "gamma and more"];
const answers = new Map();
const socket = createSocket("udp4");
const ask = () => {
  for (const question of questions) {
    if (!answers.has(question)) socket.send(question, port, "127.0.0.1");
  }
};
let tries = 1;
const timer = setInterval(() => {
  if (tries++ === 2) finish(1);
  else {
    console.log("still waiting");
    ask();
  }
}, 500);

function finish(code) {
  clearInterval(timer);
  socket.close();
  console.log(JSON.stringify(Object.fromEntries([...answers].sort())));
  process.exitCode = code;
}

socket.on("message", (message, peer) => {
  if (peer.port !== port || peer.address !== "127.0.0.1") return;
  const question = questions.find((one) => one.toUpperCase() === message.toString());
  if (question === undefined || answers.has(question)) return;
  answers.set(question, message.toString());
  if (answers.size === questions.length) finish(0);
});
ask();
