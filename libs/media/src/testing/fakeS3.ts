import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A store that speaks as much of S3 as we do, and checks signatures (AWS SigV4) with arithmetic of its own. */
export class FakeS3 {
  readonly objects = new Map<string, { bytes: Buffer; sha256: string }>();
  readonly asked: string[] = [];
  /** Answers so many requests with 500 first. */
  failures = 0;
  /** Loses the last byte of what is put. */
  cutsShort = false;
  private server!: Server;

  static readonly keys = { region: 'us-east-1', accessKeyId: 'AKTEST', secretAccessKey: 'not-so-secret' };

  static async open(): Promise<FakeS3> {
    const fake = new FakeS3();
    fake.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { status, headers, body } = fake.answer(request, Buffer.concat(parts));
        response.writeHead(status, headers ?? {}).end(body);
      });
    });
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/bucket`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private answer(
    request: IncomingMessage,
    body: Buffer,
  ): { status: number; headers?: Record<string, string | number>; body?: Buffer } {
    const { method, url } = request;
    this.asked.push(`${method} ${url}`);
    if (this.failures > 0) {
      this.failures -= 1;
      return { status: 500 };
    }
    if (!isSigned(request)) return { status: 403 };
    if (method === 'PUT') {
      const sha256 = createHash('sha256').update(body).digest('hex');
      if (request.headers['x-amz-content-sha256'] !== sha256) return { status: 400 };
      const bytes = this.cutsShort ? body.subarray(0, -1) : body;
      this.objects.set(url!, { bytes, sha256: String(request.headers['x-amz-meta-sha256']) });
      return { status: 200 };
    }
    const found = this.objects.get(url!);
    if (method === 'DELETE') {
      this.objects.delete(url!);
      return { status: 204 };
    }
    if (!found) return { status: 404 };
    const headers = { 'content-length': found.bytes.length, 'x-amz-meta-sha256': found.sha256 };
    return { status: 200, headers, ...(method === 'GET' && { body: found.bytes }) };
  }
}

/** docs.aws.amazon.com, Signature Version 4, by the Authorization header. */
function isSigned(request: IncomingMessage): boolean {
  const { headers, method, url } = request;
  const found = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
    headers.authorization ?? '',
  );
  if (!found) return false;
  const [, credential, names, signature] = found;
  const [keyId, day, region, service, kind] = credential!.split('/');
  if (keyId !== FakeS3.keys.accessKeyId || region !== FakeS3.keys.region) return false;
  const canonical = [
    method!,
    url!,
    '',
    ...names!.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names!,
    String(headers['x-amz-content-sha256']),
  ].join('\n');
  const scope = [day, region, service, kind].join('/');
  const hex = (text: string) => createHash('sha256').update(text).digest('hex');
  const text = ['AWS4-HMAC-SHA256', String(headers['x-amz-date']), scope, hex(canonical)].join('\n');
  const mac = (key: string | Buffer, what: string) => createHmac('sha256', key).update(what).digest();
  const key = [day, region, service, kind].reduce<string | Buffer>(
    (before, what) => mac(before, what!),
    `AWS4${FakeS3.keys.secretAccessKey}`,
  );
  return mac(key, text).toString('hex') === signature;
}
