import type { PictureElsewhere } from '@qingpai/wire';

/** 画面在别的平台, as typed. */
export interface ElsewhereForm {
  place: 'here' | 'there';
  name: string;
  link: string;
  seconds: string;
}
export const noElsewhere: ElsewhereForm = { place: 'here', name: '', link: '', seconds: '' };
export const DELAY_SECONDS_MAX = 60;
const NAME_MAX = 20;
const LINK_MAX = 300;

export type ElsewhereProblem = 'name' | 'link' | 'seconds';
/** @returns null: the picture is here; or which field is wrong, before the server says so */
export function elsewhereOf(form: ElsewhereForm): PictureElsewhere | ElsewhereProblem | null {
  if (form.place === 'here') return null;
  const [name, link, seconds] = [form.name.trim(), form.link.trim(), secondsOf(form.seconds)];
  if (name === '' || name.length > NAME_MAX) return 'name';
  if (link !== '' && !isHttps(link)) return 'link';
  if (seconds === null) return 'seconds';
  return { name, ...(link !== '' && { link }), delayMs: seconds * 1_000 };
}

/** Null: no whole seconds that are taken. */
export function secondsOf(typed: string): number | null {
  const text = typed.trim();
  return /^\d{1,2}$/.test(text) && Number(text) <= DELAY_SECONDS_MAX ? Number(text) : null;
}

function isHttps(link: string): boolean {
  if (link.length > LINK_MAX || !URL.canParse(link)) return false;
  const { protocol, username, password, hostname } = new URL(link);
  return protocol === 'https:' && username + password === '' && hostname.includes('.');
}

// ---- the tap test: a number every second is held into the other camera, and seen again so much later

const TICK_MS = 1_000;
export const TRIES = 3;
/** The number that stands on the page, from 1 on. */
export const numberAt = (startedAtMs: number, nowMs: number): number =>
  Math.floor((nowMs - startedAtMs) / TICK_MS) + 1;

/** From the moment a number came on until its picture was seen; with the time that a thumb needs. Null: too long. */
export function delayOfTry(startedAtMs: number, picked: number, seenAtMs: number): number | null {
  const delayMs = seenAtMs - (startedAtMs + (picked - 1) * TICK_MS);
  return delayMs <= DELAY_SECONDS_MAX * 1_000 ? delayMs : null;
}

/** The middle of all tries, in whole seconds, rounded up: a second too many costs less than one too few. */
export function secondsOfTries(triesMs: readonly number[]): number {
  const middle = [...triesMs].sort((a, b) => a - b)[Math.floor(triesMs.length / 2)];
  if (middle === undefined) throw new Error('bug: no try was made');
  return Math.ceil(middle / 1_000);
}
