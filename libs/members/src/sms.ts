/**
 * How a code reaches a phone. A gateway of an SMS provider implements this (none is built in: contracts and
 * signatures differ from township to township); `send` rejects when the message could not be handed over.
 */
export interface SmsSender {
  send(phone: string, code: string): Promise<void>;
}

/**
 * For places without SMS: the operator reads the code from the console and tells it. This is the only place that
 * prints a full phone number, always as this one line: `SMS-CODE phone=13800000001 code=123456`.
 */
export class ConsoleSms implements SmsSender {
  constructor(private readonly print: (line: string) => void = (line) => process.stdout.write(line)) {}

  async send(phone: string, code: string): Promise<void> {
    this.print(`SMS-CODE phone=${phone} code=${code}\n`);
  }
}
