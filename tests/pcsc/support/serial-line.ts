/** A serial device of the operating system with one of our chips behind it: a pty by socat. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SerialLine {
  /** The device's file. */
  readonly device: string;
  stop(): Promise<void>;
}

/** @param behind makes the chip's end: what it does with bytes, given how it sends some */
export async function startSerialLine(
  behind: (send: (bytes: Buffer) => void) => (bytes: Buffer) => void,
): Promise<SerialLine> {
  const folder = mkdtempSync(path.join(tmpdir(), 'retap-serial-'));
  const device = path.join(folder, 'device');
  const socket = path.join(folder, 'socket');
  const server = createServer().listen(socket);
  await once(server, 'listening');
  const socat = spawn('socat', [`PTY,link=${device},raw,echo=0`, `UNIX-CONNECT:${socket}`], { stdio: 'inherit' });
  const failed = new Promise<never>((_, reject) => socat.once('error', reject));
  const [line] = (await Promise.race([once(server, 'connection'), failed])) as [Socket];
  line.on(
    'data',
    behind((bytes) => line.write(bytes)),
  );
  line.on('error', () => undefined);
  while (!existsSync(device)) await sleep(10);
  return {
    device,
    stop: async () => {
      const ended = once(socat, 'exit');
      // With the socket closed socat ends, and removes its link.
      line.destroy();
      server.close();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
