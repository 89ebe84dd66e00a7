import type { PictureElsewhere, StageAnswer } from '@qingpai/wire';

/** What the browser says of the camera. `unasked`: it would ask first; `none`: no page may use one here. */
export type CameraLeave = 'allowed' | 'unasked' | 'refused' | 'none';

export interface CameraSeen {
  /** A page may ask for cameras here, and there is one. */
  isThere: boolean;
  /** What the browser would answer; null: it does not tell. */
  told: PermissionState | null;
  /** How the last try here ended; null: none was made. `none`: no camera, or another app has it. */
  tried: Exclude<CameraLeave, 'unasked'> | null;
}
export function cameraLeaveOf({ isThere, told, tried }: CameraSeen): CameraLeave {
  if (!isThere || tried === 'none') return 'none';
  // Allowed in the browser's settings since.
  if (told === 'granted') return 'allowed';
  return tried ?? (told === 'denied' ? 'refused' : 'unasked');
}

export interface VideoSeen {
  elsewhere: PictureElsewhere | undefined;
  /** Null: not answered yet. */
  stage: StageAnswer | null;
  camera: CameraLeave | null;
}
/** How live video stands before the show: the first thing that is in the way, else that it is ready. */
export type VideoCheck =
  'asking' | 'elsewhere' | 'photos' | 'onAir' | 'noRelay' | 'noCamera' | 'refused' | 'unasked' | 'ready';

export function videoCheckOf({ elsewhere, stage, camera }: VideoSeen): VideoCheck {
  if (elsewhere) return 'elsewhere';
  if (stage === null) return 'asking';
  if (stage.state === 'off') return 'photos';
  // Another phone or a computer may be the camera: what is seen needs none of this one.
  if (stage.state === 'live') return 'onAir';
  if (stage.reached === false) return 'noRelay';
  if (camera === null) return 'asking';
  return ({ none: 'noCamera', refused: 'refused', unasked: 'unasked', allowed: 'ready' } as const)[camera];
}

/** Nothing is left to do. */
export const isVideoReady = (check: VideoCheck): boolean =>
  check === 'elsewhere' || check === 'photos' || check === 'onAir' || check === 'ready';

/** A try, or another one, may help. */
export const mayTryCamera = (check: VideoCheck): boolean =>
  check === 'unasked' || check === 'refused' || check === 'noCamera';
