import type { Fate } from './connection';

/** One viewer's connection to live video, however it is made. */
export interface Incoming {
  stream: MediaStream;
  /** Still finding its way: that takes longer than a frame. */
  isConnecting(): boolean;
  /** Frames shown, packets of sound and bytes since it began. */
  figures(): Promise<{ frames: number; packets: number; bytes: number }>;
  /** Sound goes on while the picture rests, and heals by itself: then it counts as life. */
  soundIsLife: boolean;
  setLayer(layer: 'high' | 'low' | 'voice'): Promise<void>;
  fate(): Promise<Fate>;
  /** Lets the server know, also while the page is being closed. */
  end(): void;
}

/** Null of `status`: no answer at all. */
export type Fetched = { ok: true; incoming: Incoming } | { ok: false; status: number | null };
