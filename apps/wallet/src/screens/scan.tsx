/** What another phone shows comes in: by the camera, or pasted. */
import { messageBytesIn } from '@retap/protocol';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Screen } from '../parts/screen.tsx';
import type { Wanted } from '../place.ts';
import type { Camera, CameraRefusal } from '../qr/camera.ts';
import { received } from '../receiving.ts';
import { useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { takeWords } from './take-words.ts';
import { useArrival } from './use-arrival.ts';

export function Scan({ wanted, paste }: { readonly wanted: Wanted; readonly paste: boolean }) {
  const { phone } = useWallet();
  const arrive = useArrival();
  const onMessage = useCallback(
    async (message: Uint8Array) => {
      const place = await received(phone, message, wanted);
      // The screen that it was asked from says it.
      arrive(place, place.at === 'item' && wanted === 'receipt' ? 'back' : 'instead');
    },
    [arrive, phone, wanted],
  );
  return paste ? <Paste wanted={wanted} onMessage={onMessage} /> : <Look wanted={wanted} onMessage={onMessage} />;
}

interface InProps {
  readonly wanted: Wanted;
  onMessage(message: Uint8Array): Promise<void>;
}

function Paste({ wanted, onMessage }: InProps) {
  const say = useSay(takeWords);
  const { way } = useWallet();
  const [text, setText] = useState('');
  const [isFaulty, setFaulty] = useState(false);
  const use = async (given: string) => {
    const message = messageBytesIn(given);
    setFaulty(message === null);
    if (message) await onMessage(message);
  };
  const fromClipboard = async () => {
    const given = await navigator.clipboard.readText().catch(() => '');
    setText(given);
    await use(given);
  };
  return (
    <Screen title={say('pasteTitle')} onBack={way.back}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void use(text);
        }}
      >
        <label>
          {say('pasteLabel')}
          <textarea
            rows={5}
            autocomplete="off"
            spellcheck={false}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
            aria-invalid={isFaulty}
            aria-describedby="paste-hint"
          />
        </label>
        <p id="paste-hint" class={isFaulty ? 'fault' : 'hint'} role={isFaulty ? 'alert' : undefined}>
          {say(isFaulty ? 'pasteFault' : 'pasteHint')}
        </p>
        <button type="submit" class="main">
          {say('use')}
        </button>
        {'clipboard' in navigator && 'readText' in navigator.clipboard && (
          <button type="button" onClick={() => void fromClipboard()}>
            {say('fromClipboard')}
          </button>
        )}
        <button type="button" onClick={() => way.go({ at: 'scan', wanted }, 'instead')}>
          {say('camera')}
        </button>
      </form>
    </Screen>
  );
}

function Look({ wanted, onMessage }: InProps) {
  const say = useSay(takeWords);
  const { way } = useWallet();
  const video = useRef<HTMLVideoElement>(null);
  const [camera, setCamera] = useState<Camera | CameraRefusal | null>(null);
  const [said, setSaid] = useState('');
  const [isLit, setLit] = useState(false);
  useEffect(() => {
    const leaving = new AbortController();
    const listener = {
      onMessage: (message: Uint8Array) => void onMessage(message),
      onProgress: (share: number) => setSaid(say('progress', { percent: `${Math.round(share * 100)} %` })),
      onOther: () => setSaid(say('other')),
    };
    // Loaded when somebody scans for the first time; the service worker has it, also without a network.
    void import('../qr/scan.ts').then(async ({ scan }) => {
      if (!video.current || leaving.signal.aborted) return;
      const scanning = await scan(video.current, listener, leaving.signal);
      if (!leaving.signal.aborted) setCamera(typeof scanning === 'string' ? scanning : scanning.camera);
    });
    return () => leaving.abort();
  }, [onMessage, say]);
  const light = async (lit: boolean) => {
    if (camera === null || typeof camera === 'string') return;
    await camera.torch(lit);
    setLit(lit);
  };
  const paste = () => way.go({ at: 'scan', wanted, paste: true }, 'instead');
  if (typeof camera === 'string') {
    return (
      <Screen title={say('cameraRefused')} onBack={way.back}>
        <p class="lead">{say(camera)}</p>
        <button type="button" class="main" onClick={paste}>
          {say('paste')}
        </button>
      </Screen>
    );
  }
  return (
    <Screen title={say(wanted)} onBack={way.back}>
      <div class="camera">
        <video ref={video} muted playsInline tabIndex={-1} aria-label={say(wanted)} />
      </div>
      <p role="status" class="lead">
        {camera === null ? say('starting') : said || say('aim')}
      </p>
      <div class="row">
        {camera?.hasTorch && (
          <button type="button" aria-pressed={isLit} onClick={() => void light(!isLit)}>
            {say('torch')}
          </button>
        )}
        <button type="button" onClick={paste}>
          {say('paste')}
        </button>
      </div>
    </Screen>
  );
}
