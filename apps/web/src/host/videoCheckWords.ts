import type { Language } from '../shared/language';
import type { VideoCheck } from './videoCheck';

const zh = {
  checks: {
    asking: '正在看画面能不能开…',
    elsewhere: (name: string) => `画面在${name}，先到那边开播`,
    photos: '本场没有直播画面，房间里显示照片',
    onAir: '画面已经开了，观众看得到',
    noRelay: '画面服务没有回应，开播后只有照片；出价照常',
    noCamera: '这里用不了摄像头：请用 https 链接、换浏览器打开，或用第二台手机',
    refused: '摄像头没有允许：到浏览器设置里允许，或用第二台手机',
    unasked: '摄像头还没试过',
    ready: '摄像头已允许，画面服务正常',
  } satisfies Record<VideoCheck, unknown>,
  ask: '试摄像头',
};
const en: typeof zh = {
  checks: {
    asking: 'Looking whether video can start…',
    elsewhere: (name) => `The picture is on ${name}: go live there first`,
    photos: 'No live video in this show; the room shows photos',
    onAir: 'The picture is on, the room can see it',
    noRelay: 'The video service does not answer: photos only, bidding goes on as usual',
    noCamera: 'No camera can be used here: open the https link, another browser, or use a second phone',
    refused: 'The camera is not allowed: allow it in the browser’s settings, or use a second phone',
    unasked: 'The camera has not been tried yet',
    ready: 'The camera is allowed, the video service answers',
  },
  ask: 'Try the camera',
};
export const videoCheckWords: Record<Language, typeof zh> = { zh, en };
