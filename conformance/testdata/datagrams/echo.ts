// A right server of datagrams: deno run --unstable-net --allow-net echo.ts PORT
const socket = Deno.listenDatagram({
  transport: "udp",
  hostname: "127.0.0.1",
  port: Number(Deno.args[0]),
});
// Without it, older runtimes cut off what is over 1,024 bytes (denoland/deno#21609).
const buffer = new Uint8Array(65_535);
for (;;) {
  const [message, peer] = await socket.receive(buffer);
  await socket.send(message, peer);
}
