/** Streams that go on only as long as who asked for them may still ask. */
import type { Caller, Guard } from '../api/caller.ts';

/** How long a stream may outlive its session, in milliseconds. */
const LOOK_EVERY_MS = 2_000;

/** The same stream, which ends with the session or the access token that asked for it; with nobody's, when the centre is open no more. */
export function untilEnded(
  events: ReadableStream<Uint8Array>,
  caller: Caller,
  guard: Pick<Guard, 'isLive'>,
  everyMs = LOOK_EVERY_MS,
): ReadableStream<Uint8Array> {
  const reader = events.getReader();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const end = async (): Promise<void> => {
    isOver = true;
    clearTimeout(timer);
    await reader.cancel();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const look = async (): Promise<void> => {
        // A database that does not answer just now ends nobody's session.
        const isLive = await guard.isLive(caller).catch(() => true);
        if (isOver) return;
        if (isLive) timer = setTimeout(look, everyMs);
        else await end().then(() => controller.close());
      };
      timer = setTimeout(look, everyMs);
    },
    async pull(controller) {
      const { done, value } = await reader.read().catch((error) => {
        // Nobody looks after what has failed: to cancel it later would fail alike, with nobody to hear of it.
        isOver = true;
        clearTimeout(timer);
        throw error;
      });
      if (isOver) return;
      if (!done) return controller.enqueue(value);
      isOver = true;
      clearTimeout(timer);
      controller.close();
    },
    cancel: end,
  });
}
