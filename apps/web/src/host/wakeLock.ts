import { onMounted, onUnmounted, ref } from 'vue';

/** Keeps the screen on while the component lives; the system takes the lock away whenever the page is hidden. */
export function useWakeLock() {
  const held = ref(false);
  let lock: WakeLockSentinel | null = null;
  async function take(): Promise<void> {
    if (!('wakeLock' in navigator) || document.visibilityState !== 'visible') return;
    try {
      lock = await navigator.wakeLock.request('screen');
      held.value = true;
      lock.addEventListener('release', () => (held.value = false));
    } catch {
      held.value = false; // battery saver: the checklist says so
    }
  }
  const again = () => void take();
  onMounted(() => {
    again();
    document.addEventListener('visibilitychange', again);
  });
  onUnmounted(() => {
    document.removeEventListener('visibilitychange', again);
    void lock?.release();
  });
  return held;
}
