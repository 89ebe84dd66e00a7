import { ref } from 'vue';
import { kept } from '../shared/language';
import { sheets } from './later';
import type { Tones } from './tones';

export const MUTED = 'muted';
export const muted = ref(kept(MUTED) === 'yes');

/** Off until the page was touched: browsers allow no sound before. */
let context: AudioContext | null = null;
addEventListener('pointerdown', () => (context ??= 'AudioContext' in window ? new AudioContext() : null), {
  once: true,
});

export function chime(name: Tones): void {
  if (!muted.value && context) void sheets().then(({ ring }) => ring(context!, name));
}
