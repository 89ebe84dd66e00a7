import { keep } from '../shared/language';
import { muted, MUTED } from './sound';

/** Two or three short tones made by the phone itself; fetched with the sheets, no file of sound is. */
const tones = { outbid: [440, 330], won: [523, 659, 784] } as const;
export type Tones = keyof typeof tones;

export function ring(context: AudioContext, name: Tones): void {
  const { currentTime, destination } = context;
  for (const [k, pitch] of tones[name].entries()) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, currentTime + k * 0.14);
    volume.gain.exponentialRampToValueAtTime(0.001, currentTime + k * 0.14 + 0.13);
    tone.connect(volume).connect(destination);
    tone.start(currentTime + k * 0.14);
    tone.stop(currentTime + k * 0.14 + 0.14);
  }
}

export function setMuted(value: boolean): void {
  muted.value = value;
  keep(MUTED, value ? 'yes' : 'no');
}
