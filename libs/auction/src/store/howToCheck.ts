export interface Exported {
  showId: string;
  origin: string;
  /** Whether verify.html is in the archive. */
  hasPage: boolean;
}

/** README.txt of an export: what each file is, and how to check it with tools that are not ours. */
export const howToCheck = ({ showId, origin, hasPage }: Exported): string => `清拍 Qingpai · ${origin}

本文件夹含一场专场的全部账本，断网也能核验，不需要相信出具它的服务器。
This folder holds the whole log of one show. It can be checked offline, without trusting the server it came from.

  bundle.json   全部记录、检查点、规则                all leaves, signed heads and rules
  checkpoint    最新的签名检查点                      the newest signed head (c2sp.org/tlog-checkpoint)
  tile/         同一账本，按 C2SP 切片                the same log in tiles (c2sp.org/tlog-tiles)
  policy.txt    本场公钥                              the keys of this show (c2sp.org/tlog-policy)
${hasPage ? '  verify.html   离线核验页，用浏览器打开              the offline verifier, for any browser\n' : ''}
policy.txt 里的公钥要用另一途径核对：随文件一起来的公钥不能证明什么。
Compare the keys in policy.txt by another way: keys that came with the files prove nothing.

一、用核验程序 With the verifier
${hasPage ? '\n  打开 verify.html，拖入 bundle.json 与您自己保存的公钥文件。\n  Open verify.html; drop bundle.json in, and the policy you kept.\n' : ''}
  npm run verify -- bundle.json --policy policy.txt

二、用别人的工具 With tools that are not ours
任何能读 C2SP 账本的工具都行，例如 golang.org/x/mod/sumdb（源码 test/interop/go）。
Any reader of C2SP logs will do, such as golang.org/x/mod/sumdb (in the sources: test/interop/go).

  go run . -policy policy.txt ${showId}

三、动手核验 By hand: openssl, sha256sum, xxd
在本文件夹内用 bash 运行。In this folder, in bash:

${byHand}

前面两行应相同：第一条记录的哈希，与切片里写的一样。接着是 openssl 的 Signature Verified Successfully：
检查点确由这把公钥签过。最后两行应相同：由全部记录的哈希算出的根，与签过的根一样。
The first two lines are equal: the first leaf hashes to what the tile says. Then openssl says Signature Verified
Successfully: this key signed the head. The last two lines are equal: all leaf hashes lead to the root that was signed.
`;

/** Run by a test as it stands here. */
const byHand = `  # 1
  entries=$(find tile/entries -type f | sort | head -1)
  bytes=$((16#$(head -c 2 "$entries" | xxd -p)))
  (printf '\\0'; tail -c +3 "$entries" | head -c $bytes) | sha256sum | cut -d' ' -f1
  hashes=$(find tile/0 -type f | sort | xargs cat | xxd -p -c 32)
  echo "$hashes" | head -1
  # 2
  origin=$(head -1 checkpoint)
  sed '/^$/,$d' checkpoint > signed.txt
  grep "^— $origin " checkpoint | cut -d' ' -f3 | base64 -d | tail -c 64 > signature.bin
  (echo 302a300506032b6570032100 | xxd -r -p
   grep "^log $origin+" policy.txt | cut -d+ -f3- | base64 -d | tail -c 32) > key.der
  openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in signed.txt -sigfile signature.bin
  # 3
  while [ "$(echo "$hashes" | wc -l)" -gt 1 ]; do
    hashes=$(echo "$hashes" | paste -d' ' - - | while read -r left right; do
      if [ "$right" ]; then echo "01$left$right" | xxd -r -p | sha256sum | cut -d' ' -f1; else echo "$left"; fi
    done)
  done
  echo "$hashes" | xxd -r -p | base64
  sed -n 3p checkpoint`;
