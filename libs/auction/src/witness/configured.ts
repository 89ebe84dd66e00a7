import { COSIGNATURE_V1, parseVkey, type VerifierKey } from '@qingpai/ledger/rules';

/** A witness as the operator configured it; `url` null: it is reached by file only. */
export interface ConfiguredWitness {
  readonly key: VerifierKey;
  readonly url: string | null;
}

/**
 * Reads `<vkey> <url>` for each witness, by lines or commas; `-` in place of the url: by file only. Undefined when one
 * of them cannot be read, or two are one.
 */
export function parseWitnesses(text: string): ConfiguredWitness[] | undefined {
  const entries = text
    .split(/[\n,]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const witnesses = entries.map(parseWitness);
  if (!witnesses.every((witness) => witness !== undefined)) return undefined;
  const names = new Set(witnesses.map(({ key }) => key.name));
  return names.size === witnesses.length ? witnesses : undefined;
}

function parseWitness(entry: string): ConfiguredWitness | undefined {
  const [vkey = '', url = '', ...rest] = entry.split(/\s+/);
  const key = parseVkey(vkey);
  if (!key.ok || key.value.type !== COSIGNATURE_V1 || rest.length > 0) return undefined;
  if (url === '-') return { key: key.value, url: null };
  return /^https?:\/\/[^\s?#]+$/.test(url) ? { key: key.value, url: url.replace(/\/+$/, '') } : undefined;
}
