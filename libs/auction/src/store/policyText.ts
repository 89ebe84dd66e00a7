import { formatPolicy, type VerifierKey } from '@qingpai/ledger/rules';

/**
 * The policy file of one show (c2sp.org/tlog-policy). A key that came with the bundle proves nothing: whoever
 * forges one forges both, which is what the first lines tell the reader.
 */
export const policyText = (key: VerifierKey): string =>
  [
    `# 清拍 Qingpai: the key that signs the log ${key.name}`,
    '# 请在锁定清单后、开拍前保存本文件，并通过另一途径核对公钥；随证明一起收到的公钥不能证明什么。',
    '# Keep this file from before the show opens, and compare the key by another way: a key that only came',
    '# together with the bundle proves nothing. Use: npm run verify -- bundle.json --policy policy.txt',
    '# 尚未配置见证方，所以 quorum 为 none。No witness is configured yet, hence quorum none.',
    formatPolicy({ logs: [key], witnesses: [], groups: [], quorum: 'none' }),
  ].join('\n');
