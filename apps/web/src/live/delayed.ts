import Hls from 'hls.js/light';

/** The picture some seconds behind, over plain HTTP. */
export interface DelayedFilm {
  /** Behind what happens, in seconds; null: not known yet. */
  secondsBehind(): number | null;
  close(): void;
}

/** Behind the newest part's beginning; it lasts a second, and the next one is there a moment after it has ended. */
const BEHIND_SECONDS = 1.5;
/** A player that was held up further than this jumps: it would catch up by itself only over a second. */
const BEHIND_SECONDS_MAX = 4;
/** Where a player does not tell when its picture was filmed: a part is made when it is over. */
const PART_SECONDS = 1;

/**
 * @param nowMs the server's clock: each part says when it was filmed
 * @param onLost it cannot be played, now or any more
 */
export function playDelayed(
  video: HTMLVideoElement,
  url: string,
  { nowMs, onBytes, onLost }: { nowMs(): number; onBytes(count: number): void; onLost(): void },
): DelayedFilm {
  if (!Hls.isSupported()) return playByItself(video, url, onLost);
  const hls = new Hls({
    enableWorker: false,
    liveSyncDuration: BEHIND_SECONDS,
    liveMaxLatencyDuration: BEHIND_SECONDS_MAX,
    maxLiveSyncPlaybackRate: 1.1,
    backBufferLength: 4,
    manifestLoadPolicy: { default: patient },
    playlistLoadPolicy: { default: patient },
  });
  hls.on(Hls.Events.FRAG_LOADED, (_, { frag }) => onBytes(frag.stats.total));
  hls.on(Hls.Events.ERROR, (_, { fatal }) => fatal && onLost());
  hls.loadSource(url);
  hls.attachMedia(video);
  return {
    secondsBehind: () => {
      const filmed = hls.playingDate;
      return filmed && !video.paused ? Math.max(0, nowMs() - filmed.getTime()) / 1_000 : null;
    },
    close: () => hls.destroy(),
  };
}

/** The list is there when two parts are: until then it is asked for again. */
const retry = { maxNumRetry: 15, retryDelayMs: 700, maxRetryDelayMs: 1_500 };
const patient = { maxTimeToFirstByteMs: 8_000, maxLoadTimeMs: 8_000, timeoutRetry: retry, errorRetry: retry };

/** Safari on a phone has a player of its own, and nothing else. */
function playByItself(video: HTMLVideoElement, url: string, onLost: () => void): DelayedFilm {
  const wasMuted = video.muted;
  video.src = url;
  video.muted = wasMuted;
  video.addEventListener('error', onLost, { once: true });
  return {
    secondsBehind: () => {
      const { seekable, currentTime } = video;
      return seekable.length > 0
        ? Math.max(0, seekable.end(seekable.length - 1) - currentTime) + PART_SECONDS
        : null;
    },
    close: () => {
      video.removeEventListener('error', onLost);
      video.removeAttribute('src');
      video.load();
    },
  };
}
