/** Draws the camera's frames with the short code of the sealed root burnt in; what this canvas shows is what is sent. */
export interface Stamped {
  track: MediaStreamTrack;
  stop(): void;
}

const FRAMES_PER_SECOND = 24;

export function stamp(
  camera: MediaStreamTrack,
  size: { width: number; height: number },
  code: () => string | null,
): Stamped {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([camera]);
  void video.play().catch(() => undefined);
  const canvas = document.createElement('canvas');
  canvas.width = size.width;
  canvas.height = size.height;
  const paper = canvas.getContext('2d', { alpha: false })!;
  const timer = setInterval(() => {
    if (video.readyState < 2) return;
    const { width, height } = fitted(video, size);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    paper.drawImage(video, 0, 0, width, height);
    write(paper, code());
  }, 1_000 / FRAMES_PER_SECOND);
  const [track] = canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks();
  return {
    track: track!,
    stop() {
      clearInterval(timer);
      track!.stop();
      video.srcObject = null;
    },
  };
}

/** As the camera is held, upright or not, within these bounds, in whole pairs of points as encoders want them. */
function fitted(video: HTMLVideoElement, { width, height }: { width: number; height: number }) {
  const [w, h] = [video.videoWidth, video.videoHeight];
  const scale = Math.min(
    1,
    Math.max(width, height) / Math.max(w, h),
    Math.min(width, height) / Math.min(w, h),
  );
  return { width: 2 * Math.round((w * scale) / 2), height: 2 * Math.round((h * scale) / 2) };
}

function write(paper: CanvasRenderingContext2D, code: string | null): void {
  if (code === null) return;
  const { width, height } = paper.canvas;
  const size = Math.max(13, Math.round(Math.min(width, height) / 26));
  paper.font = `600 ${size}px ui-monospace, Menlo, monospace`;
  const { width: length } = paper.measureText(code);
  paper.fillStyle = 'rgb(16 26 22 / 60%)';
  paper.fillRect(width - length - 2.2 * size, height * 0.14 - 1.2 * size, length + size, 1.7 * size);
  paper.fillStyle = '#fff';
  paper.fillText(code, width - length - 1.7 * size, height * 0.14);
}
