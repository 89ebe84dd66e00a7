import type { CommandAnswer, HostCommand, commandMessage } from '@qingpai/wire';
import type { Reason } from '@qingpai/wire/reasons';
import type { z } from 'zod';

/**
 * Sends one command at a time and asks again, with the same id, until there is an answer: first by the socket,
 * then over HTTP. A lost answer is unknown, never assumed. It never touches the network itself.
 */
export type CommandMessage = z.infer<typeof commandMessage>;

export interface CommandPort {
  /** By the socket. `answer` is called at most once; never when the connection is lost meanwhile. */
  send(message: CommandMessage, answer: (answer: CommandAnswer) => void): void;
  /** Over HTTP; null: no answer either. */
  post(message: CommandMessage): Promise<CommandAnswer | null>;
  later(run: () => void, afterMs: number): () => void;
  newId(): string;
  /** null: answered. */
  onStage(stage: 'sending' | 'unknown' | null): void;
}

const UNKNOWN_AFTER_MS = 1_500;
const ASK_AGAIN_MS = 2_000;
/** Reasons that settle nothing: the same id may be asked again. */
const retryable: readonly Reason[] = ['not-ready', 'too-busy', 'internal'];

export function commander(port: CommandPort) {
  let waits = false;
  let stopped = false;

  /**
   * Resolves with the answer; null when another command still waits for its own.
   * @param sig of a command that is signed
   */
  function run(command: HostCommand, sig?: string): Promise<CommandAnswer | null> {
    if (waits) return Promise.resolve(null);
    waits = true;
    port.onStage('sending');
    const message: CommandMessage = { commandId: port.newId(), command, ...(sig !== undefined && { sig }) };
    return new Promise((resolve) => {
      let callOff = () => {};
      const settle = (answer: CommandAnswer | null): void => {
        if (!waits || stopped || answer === null) return;
        if (!answer.ok && retryable.includes(answer.reason)) return;
        callOff();
        waits = false;
        port.onStage(null);
        resolve(answer);
      };
      const askAgain = (): void => {
        if (!waits || stopped) return;
        port.onStage('unknown');
        callOff = port.later(askAgain, ASK_AGAIN_MS);
        void port.post(message).then(settle);
      };
      callOff = port.later(askAgain, UNKNOWN_AFTER_MS);
      port.send(message, settle);
    });
  }
  return { run, stop: () => void (stopped = true) };
}
export type Commander = ReturnType<typeof commander>;
