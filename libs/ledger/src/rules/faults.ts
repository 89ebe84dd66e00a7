/**
 * What can be wrong with foreign bytes. The codes are stable: programs branch on the code, people read the words.
 */
export const faults = {
  // canonical JSON (RFC 8785 in our profile)
  'not-utf8': { zh: '不是合法的 UTF-8', en: 'not valid UTF-8' },
  'not-json': { zh: '不是 JSON', en: 'not JSON' },
  'not-canonical': { zh: '不是规范写法（RFC 8785）', en: 'not in canonical form (RFC 8785)' },
  'not-integer': { zh: '有数字不是 ±(2^53−1) 以内的整数', en: 'a number is not an integer within ±(2^53−1)' },
  'lone-surrogate': { zh: '文字里有残缺字符', en: 'a text holds half a character (lone surrogate)' },
  'too-deep': { zh: '嵌套太深', en: 'nested too deeply' },
  // leaves
  'leaf-too-large': { zh: '账本记录超过 65 535 字节', en: 'the leaf is larger than 65 535 bytes' },
  'leaf-malformed': {
    zh: '账本记录缺项、多项或类型不对',
    en: 'the leaf has missing, foreign or mistyped fields',
  },
  // signed notes (C2SP signed-note, tlog-cosignature)
  'note-too-large': { zh: '签名文书过大', en: 'the note is too large' },
  'note-malformed': { zh: '签名文书格式不对', en: 'the note is malformed' },
  'note-bad-signature': { zh: '已知密钥的签名不对', en: 'a known key has a bad signature on the note' },
  'note-not-signed': { zh: '没有任何已知密钥的签名', en: 'no known key signed the note' },
  'vkey-malformed': { zh: '公钥格式不对', en: 'the verifier key is malformed' },
  'vkey-wrong-id': { zh: '公钥编号与公钥不符', en: 'the verifier key does not fit its key id' },
  'vkey-unknown-type': { zh: '不认识的密钥类型', en: 'the verifier key is of an unknown type' },
  // checkpoints and proofs (C2SP tlog-checkpoint, tlog-proof)
  'checkpoint-malformed': { zh: '检查点格式不对', en: 'the checkpoint is malformed' },
  'checkpoint-not-by-log': {
    zh: '检查点没有本账本的签名',
    en: "the checkpoint lacks its own log's signature",
  },
  // witnesses (C2SP tlog-witness)
  'witness-request-malformed': { zh: '见证请求格式不对', en: 'the request to the witness is malformed' },
  'proof-too-large': { zh: '凭证过大', en: 'the proof is too large' },
  'proof-malformed': { zh: '凭证格式不对', en: 'the proof is malformed' },
  'proof-wrong': { zh: '凭证与账本的根不符', en: 'the proof does not lead to the signed root' },
  // policies (C2SP tlog-policy)
  'policy-too-large': { zh: '信任名单过大', en: 'the policy is too large' },
  'policy-malformed': { zh: '信任名单有一行看不懂', en: 'the policy has a line that cannot be read' },
  'policy-bad-key': { zh: '信任名单里有公钥不对', en: 'the policy holds a bad verifier key' },
  'policy-duplicate-key': { zh: '信任名单里同一公钥出现两次', en: 'the policy lists a public key twice' },
  'policy-duplicate-name': { zh: '信任名单里同一名称出现两次', en: 'the policy defines a name twice' },
  'policy-unknown-name': {
    zh: '信任名单用了没有定义的名称',
    en: 'the policy uses a name not defined before',
  },
  'policy-member-twice': { zh: '信任名单里同一成员被计入两次', en: 'the policy counts a member twice' },
  'policy-bad-threshold': { zh: '信任名单的人数门槛不对', en: 'the policy has an impossible threshold' },
  'policy-quorum-missing': { zh: '信任名单没有 quorum 行', en: 'the policy has no quorum line' },
  'policy-quorum-twice': { zh: '信任名单有两行 quorum', en: 'the policy has more than one quorum line' },
} as const;
export type Fault = keyof typeof faults;
