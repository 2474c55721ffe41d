/** A message on the screen: drawn, and as text and link for who has no camera. */
import { messageLink, messageText } from '@retap/protocol';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { drawQr, FRAME_MS, shownOf } from '../qr/draw.ts';
import { useSay } from '../words/language.tsx';
import { partWords } from './words.ts';

/** Drawn larger than it is shown: it stays sharp on a fine screen. */
const DRAWN_WIDTH = 1100;
const COPIED_MS = 2_000;

export function QrCode({ message }: { readonly message: Uint8Array }) {
  const say = useSay(partWords);
  const canvas = useRef<HTMLCanvasElement>(null);
  const shown = useMemo(() => shownOf(message), [message]);
  useEffect(() => {
    let index = 0;
    const draw = () => {
      if (canvas.current) drawQr(canvas.current, shown.text(index), DRAWN_WIDTH);
      index += 1;
    };
    draw();
    if (!shown.isMoving) return;
    const timer = setInterval(draw, FRAME_MS);
    return () => clearInterval(timer);
  }, [shown]);
  useAwake();
  return (
    <>
      <canvas ref={canvas} class="qr" role="img" aria-label={say('code')} data-text={messageText(message)} />
      <p class="hint">{say(shown.isMoving ? 'moving' : 'bright')}</p>
    </>
  );
}

/** The same message by another way, at the end of its screen: few need it. */
export function Passing({ message }: { readonly message: Uint8Array }) {
  const say = useSay(partWords);
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(messageText(message));
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  const url = messageLink(new URL('.', document.baseURI).href, message);
  // Refused where whoever was asked changed their mind.
  const share = () => navigator.share({ title: say('shareText'), url }).catch(() => {});
  return (
    <div class="row">
      <button type="button" onClick={() => void copy()}>
        {say(isCopied ? 'copied' : 'copy')}
      </button>
      {'share' in navigator && (
        <button type="button" onClick={() => void share()}>
          {say('share')}
        </button>
      )}
    </div>
  );
}

/** The screen stays on while a code is on it, where the browser can. */
function useAwake(): void {
  useEffect(() => {
    let lock: { release(): Promise<void> } | null = null;
    let isGone = false;
    navigator.wakeLock
      ?.request('screen')
      .then((got) => {
        if (isGone) void got.release();
        else lock = got;
      })
      .catch(() => {});
    return () => {
      isGone = true;
      void lock?.release();
    };
  }, []);
}
