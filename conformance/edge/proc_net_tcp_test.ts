import { assertEquals } from "@std/assert";
import { parseIpAddress } from "./ip_address.ts";
import { parseProcNetTcp } from "./proc_net_tcp.ts";

// Recorded from Linux 6.18, with the columns of /proc/net/tcp and of /proc/net/tcp6.
const TCP = `\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1B58 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 31048 1 0000000000000000 100 0 0 10 0
  12: 0200007F:1B58 0100007F:9C40 01 00000003:0000000A 02:00000B9D 00000000  1000        0 31050 2 0000000000000000 20 4 30 10 -1
`;
const TCP6 = `\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: B80D0120000000000000000001000000:1B58 0000000000000000FFFF00000100007F:9C40 08 00000000:00000001 00:00000000 00000000     0        0 0 1 0000000000000000
`;

Deno.test("parseProcNetTcp() reads every socket of /proc/net/tcp", () => {
  const [listening, connected, ...others] = parseProcNetTcp(TCP);
  assertEquals([listening?.state, listening?.remotePort], [10, 0]);
  assertEquals(connected, {
    localAddress: parseIpAddress("127.0.0.2"),
    localPort: 7000,
    remoteAddress: parseIpAddress("127.0.0.1"),
    remotePort: 40000,
    state: 1,
    unacknowledged: 3,
    unread: 10,
    inode: 31050,
    totals: undefined,
  });
  assertEquals(others, []);
});

Deno.test("parseProcNetTcp() reads /proc/net/tcp6 and mapped addresses", () => {
  const [socket, ...others] = parseProcNetTcp(TCP6);
  assertEquals(socket?.localAddress, parseIpAddress("2001:db8::1"));
  assertEquals(socket?.remoteAddress, parseIpAddress("127.0.0.1"));
  assertEquals([socket?.state, socket?.unread, socket?.inode], [8, 1, 0]);
  assertEquals(others, []);
});

Deno.test("parseProcNetTcp() leaves out what is no socket", () => {
  assertEquals([...parseProcNetTcp("\n\nsl local\n 0: XYZ:1 2:3\n")], []);
});
