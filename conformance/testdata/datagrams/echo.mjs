// A right server of datagrams: node echo.mjs PORT
import { createSocket } from "node:dgram";

const socket = createSocket("udp4");
socket.on("message", (message, { port, address }) => socket.send(message, port, address));
socket.bind(Number(process.argv[2]), "127.0.0.1");
