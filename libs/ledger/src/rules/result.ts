import { type Fault } from './faults.js';

/** What a reader of foreign bytes gives back: the value, or the stable code of what is wrong. It never throws. */
export type Result<T> = { ok: true; value: T } | Failed;
export type Failed = { ok: false; reason: Fault };

export const passed = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = (reason: Fault): Failed => ({ ok: false, reason });
