/** Yes and no for ears and hands: two rising notes and a long buzz, or one low note and two short ones. */
let context: AudioContext | null = null;

/** Browsers let a page sound only after somebody has touched it: called at each touch, it costs nothing. */
export function allowSound(): void {
  if (context === null && 'AudioContext' in globalThis) context = new AudioContext();
  void context?.resume().catch(() => {});
}

export function sayYes(withSound: boolean): void {
  navigator.vibrate?.([180]);
  if (withSound) notes([660, 990]);
}

export function sayNo(withSound: boolean): void {
  navigator.vibrate?.([70, 60, 70]);
  if (withSound) notes([220]);
}

function notes(frequencies: readonly number[]): void {
  if (!context) return;
  frequencies.forEach((frequency, index) => {
    if (!context) return;
    const start = context.currentTime + index * 0.14;
    const tone = context.createOscillator();
    const loudness = context.createGain();
    tone.frequency.value = frequency;
    // From and to silence: a tone that is cut off clicks.
    loudness.gain.setValueAtTime(0.0001, start);
    loudness.gain.exponentialRampToValueAtTime(0.25, start + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.2);
    tone.connect(loudness).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.22);
  });
}
