// Just enough of a WebSocket server for one browser: small text frames, no extensions.

import { createHash } from "node:crypto";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export function accept(request, socket, world) {
  const key = request.headers["sec-websocket-key"];
  const proof = createHash("sha1").update(key + GUID).digest("base64");
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${proof}\r\n\r\n`,
  );
  const send = (message) => socket.write(frame(JSON.stringify(message)));
  const beat = setInterval(() => send(world.heartbeat()), 2000);
  const listener = (message) => send(message);
  world.listeners.add(listener);
  send(world.snapshot());
  send(world.heartbeat());
  const end = () => {
    clearInterval(beat);
    world.listeners.delete(listener);
  };
  socket.on("close", end);
  socket.on("error", end);
}

function frame(text) {
  const body = Buffer.from(text);
  if (body.length < 126) return Buffer.concat([Buffer.from([0x81, body.length]), body]);
  const head = Buffer.alloc(10);
  head[0] = 0x81;
  if (body.length < 65536) {
    head[1] = 126;
    head.writeUInt16BE(body.length, 2);
    return Buffer.concat([head.subarray(0, 4), body]);
  }
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(body.length), 2);
  return Buffer.concat([head, body]);
}
