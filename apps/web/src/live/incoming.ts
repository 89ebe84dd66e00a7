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
  /** `replaced`: a newer one of ours took its place, so it must not come back by itself. */
  fate(): Promise<'alive' | 'gone' | 'replaced' | 'unknown'>;
  /** Lets the server know, also while the page is being closed. */
  end(): void;
}

/** Null of `status`: no answer at all. */
export type Fetched = { ok: true; incoming: Incoming } | { ok: false; status: number | null };
