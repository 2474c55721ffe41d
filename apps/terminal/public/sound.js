/** A sound for each outcome, made here: different in rhythm and pitch, for whoever does not look. */
import { byId } from './element.js';

/** Pieces of a sound: pitch in hertz, begin and length in seconds. */
const SOUNDS = {
  // Two tones upwards.
  go: {
    wave: 'sine',
    tones: [
      [880, 0, 0.12],
      [1319, 0.12, 0.22],
    ],
  },
  // The same tone three times: knock again.
  again: {
    wave: 'triangle',
    tones: [
      [660, 0, 0.1],
      [660, 0.2, 0.1],
      [660, 0.4, 0.1],
    ],
  },
  // Low, long.
  refused: {
    wave: 'square',
    tones: [
      [196, 0, 0.22],
      [147, 0.24, 0.4],
    ],
  },
};
const LOUDNESS = 0.25;
const STORED = 'retap-sound';

/** @type {AudioContext | null} */
let context = null;
let isWanted = localStorage.getItem(STORED) !== 'off';

/** A browser lets nothing sound before somebody touched the page, unless it was started so. */
const isLocked = () => context?.state !== 'running';

/** @param {any} words */
export function showSound(words) {
  const button = byId('sound');
  const state = isWanted ? (isLocked() ? 'locked' : 'on') : 'off';
  button.dataset.sound = state;
  button.setAttribute('aria-pressed', String(isWanted));
  button.textContent = words.screen[{ on: 'soundOn', off: 'soundOff', locked: 'soundLocked' }[state]];
}

/** @param {() => void} onChange */
export function startSound(onChange) {
  context = new AudioContext();
  context.addEventListener('statechange', onChange);
  const unlock = () => void context?.resume();
  for (const gesture of ['pointerdown', 'keydown']) addEventListener(gesture, unlock);
  byId('sound').addEventListener('click', () => {
    // The first touch of a locked button unlocks the sound and does not turn it off.
    if (byId('sound').dataset.sound !== 'locked') isWanted = !isWanted;
    localStorage.setItem(STORED, isWanted ? 'on' : 'off');
    onChange();
  });
}

/** @param {string} kind of a message; one without a sound is silent */
export function sound(kind) {
  const chosen = SOUNDS[/** @type {keyof typeof SOUNDS} */ (kind)];
  if (!context || !isWanted || isLocked() || !chosen) return;
  const now = context.currentTime;
  for (const [pitch = 0, begin = 0, length = 0] of chosen.tones) {
    const tone = new OscillatorNode(context, { type: /** @type {OscillatorType} */ (chosen.wave), frequency: pitch });
    // Begins and ends softly: a hard edge is a click.
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, now + begin);
    gain.gain.linearRampToValueAtTime(LOUDNESS, now + begin + 0.01);
    gain.gain.setValueAtTime(LOUDNESS, now + begin + length - 0.02);
    gain.gain.linearRampToValueAtTime(0, now + begin + length);
    tone.connect(gain).connect(context.destination);
    tone.start(now + begin);
    tone.stop(now + begin + length);
  }
}
