import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, refuseOldNode, root, run, step } from './ground.mjs';

// `npm run pack:verify`: the verifier as one tarball without dependencies, for `npx` on a machine that has Node and no network.
refuseOldNode();
if (!(await ensureInstalled()) || !(await ensureBuilt())) process.exit(2);
const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const folder = join(root, '.cache', 'pack-verify');
const target = join(root, 'dist');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const bundled = await step('打包核验程序', 'bundling the verifier', () =>
  run('npx', ['vite', 'build', '--config', 'apps/auditor/cli.config.mts', '--outDir', folder], {
    shown: false,
  }),
);
if (!bundled) process.exit(1);
chmodSync(join(folder, 'qingpai-verify.cjs'), 0o755);
copyFileSync(join(target, 'verify', 'verify.html'), join(folder, 'verify.html'));
for (const [from, to] of [
  ['docs/verify.md', 'README.md'],
  ['LICENSE', 'LICENSE'],
]) {
  copyFileSync(join(root, from), join(folder, to));
}
const manifest = {
  name: 'qingpai-verify',
  version,
  license,
  description: '清拍 offline verifier: judges a bundle, a season and receipts, and trusts nobody',
  bin: { 'qingpai-verify': 'qingpai-verify.cjs' },
  engines: { node: '>=20.19' },
};
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
const packed = await step('生成 tarball', 'packing', () =>
  run('npm', ['pack', '--silent', folder, '--pack-destination', target], { shown: false }),
);
if (!packed) process.exit(1);
console.log(join(target, `qingpai-verify-${version}.tgz`));
