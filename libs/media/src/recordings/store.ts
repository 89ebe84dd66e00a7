import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { AwsClient } from 'aws4fetch';

/** A place beside the disk where pieces are kept. Whatever throws is tried again by who asked. */
export interface PieceStore {
  /** When it resolves the whole file is there. @param sha256 base64 */
  put(key: string, path: string, sha256: string): Promise<void>;
  /** Brings it to this path; false: it is not there. */
  get(key: string, path: string): Promise<boolean>;
  /** Also when it is gone already. */
  remove(key: string): Promise<void>;
}

export interface S3Options {
  /** Of the bucket, path or host style, e.g. https://s3.example/recordings. */
  url: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const ANSWER_MS_MAX = 55_000;

/** Anything that speaks S3. The hash goes with the file, so that the store itself refuses what arrives otherwise. */
export class S3Store implements PieceStore {
  private readonly client: AwsClient;
  private readonly url: string;

  constructor({ url, ...keys }: S3Options) {
    this.url = url.replace(/\/+$/, '');
    this.client = new AwsClient({ ...keys, service: 's3', retries: 0 });
  }

  async put(key: string, path: string, sha256: string): Promise<void> {
    const body = await readFile(path);
    const hex = Buffer.from(sha256, 'base64').toString('hex');
    const headers = {
      'content-type': 'video/mp4',
      'x-amz-content-sha256': hex,
      'x-amz-meta-sha256': hex,
    };
    const put = await this.ask('PUT', key, { body: new Uint8Array(body), headers });
    if (!put.ok) throw new Error(`the store answered ${put.status}`);
    const there = await this.ask('HEAD', key);
    const isWhole =
      there.headers.get('content-length') === String(body.length) &&
      there.headers.get('x-amz-meta-sha256') === hex;
    if (!there.ok || !isWhole) throw new Error('the store does not have what was put there');
  }

  async get(key: string, path: string): Promise<boolean> {
    const answer = await this.ask('GET', key);
    if (answer.status === 404) return false;
    if (!answer.ok || !answer.body) throw new Error(`the store answered ${answer.status}`);
    // Whole or not at all: others may ask for the same at once.
    const half = `${path}.${randomBytes(6).toString('hex')}.part`;
    const file = await open(half, 'w', 0o600);
    try {
      for await (const bytes of answer.body) await file.write(bytes as Uint8Array);
      await file.close();
      await rename(half, path);
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(half, { force: true });
      throw error;
    }
    return true;
  }

  async remove(key: string): Promise<void> {
    const { ok, status } = await this.ask('DELETE', key);
    if (!ok && status !== 404) throw new Error(`the store answered ${status}`);
  }

  private ask(method: string, key: string, more: RequestInit = {}): Promise<Response> {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    return this.client.fetch(`${this.url}/${key}`, { method, signal, ...more });
  }
}
