import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A shell that waits for the end of its standard input, which comes when this process is gone, however it went (an exit
 * handler would miss kill −9). Then it stops the server and removes the folder.
 */
export function startGuard(serverPid: number, folder: string): ChildProcess {
  const script = 'read -r _; kill -QUIT "$1"; while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; rm -rf "$2"';
  const guard = spawn('/bin/sh', ['-c', script, 'sh', String(serverPid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  (guard.stdin as unknown as { unref(): void } | null)?.unref();
  return guard;
}
