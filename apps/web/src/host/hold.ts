/** A press that counts only when held: the public 3-2-1 is not started by a brush of the thumb. */
export const HOLD_MS = 600;

export interface HoldPort {
  later(run: () => void, afterMs: number): () => void;
  /** Held long enough. */
  onHeld(): void;
  /** Let go too early. */
  onShort(): void;
  onChange(holding: boolean): void;
}

export function holder(port: HoldPort) {
  let callOff: (() => void) | null = null;
  function end(): boolean {
    if (!callOff) return false;
    callOff();
    callOff = null;
    port.onChange(false);
    return true;
  }
  return {
    down(): void {
      if (callOff) return;
      port.onChange(true);
      callOff = port.later(() => {
        end();
        port.onHeld();
      }, HOLD_MS);
    },
    up(): void {
      if (end()) port.onShort();
    },
    /** Taken away by the system, or the moment has passed: neither held nor short. */
    cancel: (): void => void end(),
  };
}
