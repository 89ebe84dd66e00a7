import { ref, watch } from 'vue';
import { keep, kept } from './kept';

/** Bids read aloud, and the knock of the hammer. One tap turns both off. */
export const voiceOn = ref(kept('voice', true));
watch(voiceOn, (on) => keep('voice', on));

let context: AudioContext | null = null;
/** Browsers give sound only after the page was touched. */
addEventListener('pointerdown', () => (context ??= 'AudioContext' in window ? new AudioContext() : null), {
  once: true,
});

/** Two knocks of wood: a short low tone that dies at once. The phone shakes, too, where it can. */
export function knock(): void {
  navigator.vibrate?.([60, 90, 60]);
  if (!voiceOn.value || !context) return;
  const { currentTime, destination } = context;
  for (const at of [0, 0.15]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = 'triangle';
    tone.frequency.setValueAtTime(220, currentTime + at);
    tone.frequency.exponentialRampToValueAtTime(70, currentTime + at + 0.08);
    volume.gain.setValueAtTime(0.6, currentTime + at);
    volume.gain.exponentialRampToValueAtTime(0.001, currentTime + at + 0.13);
    tone.connect(volume).connect(destination);
    tone.start(currentTime + at);
    tone.stop(currentTime + at + 0.14);
  }
}
