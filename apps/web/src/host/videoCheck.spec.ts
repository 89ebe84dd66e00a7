import type { StageAnswer } from '@qingpai/wire';
import { cameraLeaveOf, isVideoReady, mayTryCamera, videoCheckOf, type VideoSeen } from './videoCheck';

const idle: StageAnswer = { state: 'idle', video: false, audio: false, take: 0, reached: true };
const check = (differs: Partial<VideoSeen>) =>
  videoCheckOf({ elsewhere: undefined, stage: idle, camera: 'allowed', ...differs });

describe('live video before the show', () => {
  it('is ready when the relay answers and the camera is allowed', () => {
    expect(check({})).toBe('ready');
    expect(isVideoReady('ready')).toBe(true);
  });
  it('is of another platform before anything else: no camera of this page is needed', () => {
    const elsewhere = { name: '视频号', delayMs: 6_000 };
    expect(check({ elsewhere, stage: null, camera: 'refused' })).toBe('elsewhere');
    expect(isVideoReady('elsewhere')).toBe(true);
  });
  it('is none in a house without a relay, and that is no fault', () => {
    expect(check({ stage: { ...idle, state: 'off', reached: undefined }, camera: 'none' })).toBe('photos');
    expect(isVideoReady('photos')).toBe(true);
  });
  it('is on air already when a second phone or a computer sends', () => {
    expect(check({ stage: { ...idle, state: 'live' }, camera: 'refused' })).toBe('onAir');
  });
  it('says that the relay does not answer before it speaks of the camera', () => {
    expect(check({ stage: { ...idle, reached: false }, camera: 'refused' })).toBe('noRelay');
    expect(isVideoReady('noRelay')).toBe(false);
  });
  it('trusts a server of another house, of which nobody knows whether it answers', () => {
    expect(check({ stage: { ...idle, reached: undefined } })).toBe('ready');
  });
  it('tells apart a camera that is missing, refused, or not asked for', () => {
    expect((['none', 'refused', 'unasked'] as const).map((camera) => check({ camera }))).toEqual([
      'noCamera',
      'refused',
      'unasked',
    ]);
    expect((['unasked', 'refused', 'noCamera', 'ready', 'noRelay'] as const).map(mayTryCamera)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
  it('waits for what was not answered yet', () => {
    expect(check({ stage: null })).toBe('asking');
    expect(check({ camera: null })).toBe('asking');
    expect(isVideoReady('asking')).toBe(false);
  });
});

describe('the camera of this page', () => {
  const seen = { isThere: true, told: null, tried: null };
  it('is what the browser tells of it, and to be tried where it does not', () => {
    expect(cameraLeaveOf(seen)).toBe('unasked');
    expect(cameraLeaveOf({ ...seen, told: 'prompt' })).toBe('unasked');
    expect(cameraLeaveOf({ ...seen, told: 'granted' })).toBe('allowed');
    expect(cameraLeaveOf({ ...seen, told: 'denied' })).toBe('refused');
  });
  it('is what a try found, until the browser allows it', () => {
    expect(cameraLeaveOf({ ...seen, told: 'prompt', tried: 'allowed' })).toBe('allowed');
    expect(cameraLeaveOf({ ...seen, tried: 'refused' })).toBe('refused');
    expect(cameraLeaveOf({ ...seen, told: 'granted', tried: 'refused' })).toBe('allowed');
  });
  it('is none where there is none, or another app has it, whatever is allowed', () => {
    expect(cameraLeaveOf({ ...seen, told: 'granted', isThere: false })).toBe('none');
    expect(cameraLeaveOf({ ...seen, told: 'granted', tried: 'none' })).toBe('none');
  });
});
