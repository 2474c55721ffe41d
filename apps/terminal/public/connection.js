/** The socket to the terminal. What it said last is only true while it goes on speaking. */

/** The terminal speaks every 400 ms; after three that are missing it is taken for dead. */
const SILENCE_MS = 1_200;
const RETRY_MS = 500;

/** @type {WebSocket | null} */
let socket = null;
let heardAt = 0;

/**
 * @param {(state: any) => void} onState
 * @param {() => void} onLost called again and again while there is no connection
 */
export function connect(onState, onLost) {
  const open = () => {
    const opened = new WebSocket(`ws://${location.host}/screen`);
    socket = opened;
    heardAt = performance.now();
    opened.addEventListener('message', ({ data }) => {
      if (socket !== opened) return;
      heardAt = performance.now();
      const { state } = JSON.parse(data);
      if (state) onState(state);
    });
    opened.addEventListener('close', () => lose(opened));
  };
  /** @param {WebSocket} lost */
  const lose = (lost) => {
    if (socket !== lost) return;
    socket = null;
    lost.close();
    onLost();
    setTimeout(open, RETRY_MS);
  };
  setInterval(() => {
    if (socket && performance.now() - heardAt > SILENCE_MS) lose(socket);
  }, 200);
  open();
}

/** @param {Readonly<Record<string, unknown>>} command */
export function send(command) {
  // Without a connection nothing is kept for later: a choice made now must not charge somebody in an hour.
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command));
}
