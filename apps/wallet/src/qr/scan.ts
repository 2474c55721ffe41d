/** Looks through the camera until a message of a wallet is in front of it. */
import { messageBytesIn } from '@retap/protocol';
import { type Camera, type CameraRefusal, openCamera } from './camera.ts';
import { FrameReader, isFrame } from './frames.ts';
import { qrReader } from './reader.ts';

/** Between two pictures; reading one takes some 20 ms. */
const PAUSE_MS = 60;

export interface Scanning {
  readonly camera: Camera;
  stop(): void;
}

export interface ScanListener {
  onMessage(message: Uint8Array): void;
  /** Of a message in several frames: 0 … 1. */
  onProgress(progress: number): void;
  /** Something else was read, as an advertisement. */
  onOther(): void;
}

/** @param signal aborted when nobody looks any more; the camera is given back */
export async function scan(
  video: HTMLVideoElement,
  listener: ScanListener,
  signal: AbortSignal,
): Promise<Scanning | CameraRefusal> {
  const [reader, camera] = await Promise.all([qrReader(), openCamera(video)]);
  if (typeof camera === 'string') {
    reader.close();
    return camera;
  }
  const stop = () => {
    reader.close();
    camera.stop();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  void watch(camera, reader.read, listener, signal);
  return { camera, stop };
}

async function watch(
  camera: Camera,
  read: (image: ImageData) => Promise<readonly string[]>,
  listener: ScanListener,
  signal: AbortSignal,
): Promise<void> {
  const frames = new FrameReader();
  while (!signal.aborted) {
    const picture = camera.picture();
    const texts = picture ? await read(picture).catch(() => []) : [];
    if (signal.aborted) return;
    for (const text of texts) {
      if (isFrame(text)) {
        frames.add(text);
        listener.onProgress(frames.progress);
      }
      const message = messageBytesIn(isFrame(text) ? (frames.text ?? '') : text);
      if (message) return listener.onMessage(message);
      if (!isFrame(text)) listener.onOther();
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
