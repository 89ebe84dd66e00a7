import { ref } from 'vue';

/** Two short tones made by the phone itself; nothing is downloaded. Off until the page was touched. */
const key = 'muted';
const read = () => {
  try {
    return localStorage.getItem(key) === 'yes';
  } catch {
    return false;
  }
};
export const muted = ref(read());

export function setMuted(value: boolean): void {
  muted.value = value;
  try {
    localStorage.setItem(key, value ? 'yes' : 'no');
  } catch {
    // the choice then lasts for the visit
  }
}

let context: AudioContext | null = null;
addEventListener('pointerdown', () => (context ??= 'AudioContext' in window ? new AudioContext() : null), {
  once: true,
});

const tones = { outbid: [440, 330], won: [523, 659, 784] } as const;

export function chime(name: keyof typeof tones): void {
  if (muted.value || !context) return;
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
