/** The phone's camera. */

/** Long side of the picture that is read: finer ones take longer and tell no more. */
const LONG_SIDE = 1280;

export type CameraRefusal = 'camera-refused' | 'camera-missing';

export interface Camera {
  readonly video: HTMLVideoElement;
  readonly hasTorch: boolean;
  torch(isOn: boolean): Promise<void>;
  /** Null: there is none yet. */
  picture(): ImageData | null;
  stop(): void;
}

/** Shows what the camera sees in `video`. The one at the back where there are two. */
export async function openCamera(video: HTMLVideoElement): Promise<Camera | CameraRefusal> {
  let stream: MediaStream;
  try {
    const wanted = { facingMode: 'environment', width: { ideal: LONG_SIDE }, height: { ideal: 720 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  } catch (error) {
    return error instanceof Error && error.name === 'NotAllowedError' ? 'camera-refused' : 'camera-missing';
  }
  video.srcObject = stream;
  // Refused only where the page went away meanwhile: the stream is stopped by whoever asked.
  await video.play().catch(() => {});
  const [track] = stream.getVideoTracks();
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const abilities = track?.getCapabilities?.() as { torch?: boolean } | undefined;
  return {
    video,
    hasTorch: abilities?.torch === true,
    async torch(isOn) {
      await track?.applyConstraints({ advanced: [{ torch: isOn } as MediaTrackConstraintSet] });
    },
    picture() {
      const { videoWidth, videoHeight } = video;
      if (!context || videoWidth === 0) return null;
      const scale = Math.min(1, LONG_SIDE / Math.max(videoWidth, videoHeight));
      canvas.width = Math.round(videoWidth * scale);
      canvas.height = Math.round(videoHeight * scale);
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      return context.getImageData(0, 0, canvas.width, canvas.height);
    },
    stop() {
      for (const each of stream.getTracks()) each.stop();
      video.srcObject = null;
    },
  };
}
