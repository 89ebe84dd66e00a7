import { formatPolicy, type VerifierKey } from '@qingpai/ledger/rules';

/**
 * The policy file of one log, a show's or a registry's (c2sp.org/tlog-policy), with the keys of those that it goes on from
 * after a restore. A key that came with the bundle proves nothing: whoever
 * forges one forges both, which is what the first lines tell the reader.
 * @param judged what the verifier is given beside it
 */
export function policyText(
  key: VerifierKey,
  witnesses: readonly VerifierKey[] = [],
  { judged = 'bundle.json', before = [] }: { judged?: string; before?: readonly VerifierKey[] } = {},
): string {
  const isWitnessed = witnesses.length > 0;
  const named = witnesses.map((witness) => ({ name: witness.name, key: witness }));
  const anyOfThem = { name: 'witnesses', threshold: 1, members: named.map(({ name }) => name) };
  return [
    `# 清拍 Qingpai: the key that signs the log ${key.name}`,
    '# 请在锁定清单后、开拍前保存本文件，并通过另一途径核对公钥；随证明一起收到的公钥不能证明什么。',
    '# Keep this file from before the show opens, and compare the key by another way: a key that only came',
    `# together with the bundle proves nothing. Use: npm run verify -- ${judged} --policy policy.txt`,
    ...(isWitnessed ? anyWitness : noWitness),
    formatPolicy({
      ...{ logs: [key, ...before], witnesses: named },
      ...(isWitnessed ? { groups: [anyOfThem], quorum: anyOfThem.name } : { groups: [], quorum: 'none' }),
    }),
  ].join('\n');
}

const noWitness = ['# 尚未配置见证方，所以 quorum 为 none。No witness is configured yet, hence quorum none.'];
const anyWitness = [
  '# 见证方任一家签过即可。您信任谁、要几家，由您改：例如 group witnesses all …',
  '# Any one witness is enough here. Whom you trust, and how many of them, is yours to change, e.g. group witnesses all …',
];
