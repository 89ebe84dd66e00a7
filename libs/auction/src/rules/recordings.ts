import { type RecordingState, type ShowState } from '@qingpai/wire';
import { type Command, type Decision } from './command.js';
import { happens, refuse } from './decision.js';

/*
 * The recording of the evening, piece by piece. The log holds each piece's hash and when it was filmed: what is shown later
 * is what was filmed then, and nothing in between was left out without the gap being seen. It decides nothing.
 */

export const recordingsOf = ({ recordings }: ShowState): readonly RecordingState[] => recordings ?? [];

/** The pieces come in the order they were filmed in, one after the other, and never before their end. */
export function keepRecording(
  state: ShowState,
  { by, body }: Extract<Command, { name: 'keepRecording' }>,
  nowMs: number,
): Decision {
  const kept = recordingsOf(state);
  const last = kept.at(-1);
  if (kept.some(({ sha256 }) => sha256 === body.sha256)) return refuse('recording-known');
  if (body.segment !== kept.length + 1) return refuse('recording-misplaced');
  if (body.fromMs < (last?.toMs ?? 0) || body.toMs <= body.fromMs) return refuse('recording-misplaced');
  if (body.toMs > nowMs) return refuse('recording-misplaced');
  return happens(by, { type: 'recording.kept', body });
}
