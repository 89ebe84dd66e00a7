import { type Policy, toBase64 } from '@qingpai/ledger/rules';
import { type ShowState, type Verification } from '@qingpai/wire';
import { certificateOf } from '../certificate.js';
import { type ReadBundle } from './parse.js';
import { type Head, hasQuorum } from './signatures.js';

/** Nothing is wrong, but whoever relies on the verdict should know it. */
export type VerifyNote = Verification['notes'][number];

const words = {
  'version-1': {
    zh: '旧版账本：没有人在上面签过自己的名，只有平台的签名',
    en: 'Leaves of the first version: no author signed them, only the platform did',
  },
  demo: { zh: '演示专场，不是真的买卖', en: 'A demonstration, not a real sale' },
  'late-witness': {
    zh: '事后见证：开拍之前没有见证方签过锁定清单',
    en: 'LATE_WITNESS: no witness had cosigned the sealed catalogue before bidding opened',
  },
  'witness-not-pinned': {
    zh: '账本说开拍前有人见证，但您的名单里没有见证方，无从核对',
    en: 'The log says it was witnessed before bidding opened; your policy names no witness to tell',
  },
  'floors-unchecked': { zh: '件的保留价未核对', en: 'lots whose floors were not checked' },
  'signed-bids': { zh: '次出价由买家自己的密钥签名', en: "bids signed by their bidders' own keys" },
  'unsigned-bids': {
    zh: '次出价没有本人签名（买家没有登记密钥）',
    en: 'bids without a signature, by bidders who registered no key',
  },
  'form-bids': {
    zh: '次出价来自普通表单（没有本人签名）',
    en: 'bids by plain form, which carry no signature',
  },
  'unsigned-acts': {
    zh: '项主播的锁定、撤拍或收场没有本人签名',
    en: "the host's seals, withdrawals or close without the host's own signature",
  },
  'not-approved': {
    zh: '没有干部签名确认清单与保留价核对过',
    en: 'No officer has signed that the catalogue was compared with the floor',
  },
  'officer-not-pinned': {
    zh: '核对清单的干部密钥不在您的名单里，只有账本作保',
    en: "The approving officer's key is not in your policy: this log alone vouches for it",
  },
  'supplementary-lists': {
    zh: '份开场后加拍的清单，另行计数',
    en: 'supplementary lists sealed while the show ran, counted apart',
  },
  'same-device-word': {
    zh: '份卖给了同一台设备上的另一个账号；“同一台设备”是平台的一面之词',
    en: 'units went to a second account on one device; "one device" is the platform\'s word',
  },
  apart: {
    zh: '份卖给了主播、本件花农或支持单位，另行计数',
    en: "units went to the host, the lot's own grower or a supporting unit, and are counted apart",
  },
  continues: {
    zh: '本账本接续另一本（恢复备份之后）：两本要一起核验',
    en: 'This log goes on from another (after a restore): both must be judged together',
  },
  'no-journal': {
    zh: '账本包里没有账簿，账目按记录推算',
    en: 'The bundle holds no books; sums follow from the leaves',
  },
  'known-ignored': {
    zh: '您手里的检查点没有可信签名，不予采用',
    en: 'A checkpoint you hold bears no trusted signature; it is ignored',
  },
  'receipt-ignored': {
    zh: '一张出价凭证没有可信签名或与自己的内容不符，不予采用，也冤枉不了人',
    en: 'A receipt bears no trusted signature, or does not fit its own leaf; it is ignored and frames nobody',
  },
} as const;
export type NoteCode = keyof typeof words;

/** @param count or name that goes before the words */
export function note(code: NoteCode, count?: number | string): VerifyNote {
  const { zh, en } = words[code];
  const head = count === undefined ? '' : `${count} `;
  return { code, zh: head + zh, en: head + en };
}

export interface Judged {
  state: ShowState;
  heads: readonly Head[];
  policy: Policy | null;
  floorsUnchecked: number;
}

/** Everything a reader should know of a show whose leaves hold. */
export function notesOf(read: ReadBundle, judged: Judged): VerifyNote[] {
  const { state, floorsUnchecked } = judged;
  const { formBids, signedBids, unsignedBids, unsignedActs, apart, continues } = certificateOf(
    state.rules,
    read.events,
  );
  const apartUnits = apart.hostUnits + apart.growerUnits + apart.supporterUnits;
  const lists = state.seals.length - 1;
  return [
    ...(read.version === 1 ? [note('version-1')] : []),
    ...(state.demo ? [note('demo')] : []),
    ...(continues ? [note('continues', `${continues.origin}:`)] : []),
    ...witnessNotes(judged),
    ...(floorsUnchecked > 0 ? [note('floors-unchecked', floorsUnchecked)] : []),
    ...(signedBids > 0 ? [note('signed-bids', signedBids)] : []),
    ...(unsignedBids > 0 ? [note('unsigned-bids', unsignedBids)] : []),
    ...(formBids > 0 ? [note('form-bids', formBids)] : []),
    ...(unsignedActs > 0 ? [note('unsigned-acts', unsignedActs)] : []),
    ...approvalNotes(judged),
    ...(lists > 0 ? [note('supplementary-lists', lists)] : []),
    ...(apartUnits > 0 ? [note('apart', apartUnits)] : []),
    ...(read.bundle.journal === undefined && read.version > 1 ? [note('no-journal')] : []),
    ...(apart.sameDeviceUnits > 0 ? [note('same-device-word', apart.sameDeviceUnits)] : []),
  ];
}

/** A cosignature bears whole seconds of the witness's own clock. */
const CLOCKS_MAY_DIFFER_MS = 5_000;

/**
 * Whether bidding opened before the auditor's witnesses had cosigned exactly what was sealed; false where that cannot
 * be told, which has a note of its own.
 */
export function isLate({ state, heads, policy }: Pick<Judged, 'state' | 'heads' | 'policy'>): boolean {
  if (state.openedAt === null) return false;
  if (!state.witnessed) return true;
  if (!policy || policy.witnesses.length === 0) return false;
  const byMs = state.openedAt + CLOCKS_MAY_DIFFER_MS;
  const sealed = heads.find((head) => head.size === state.seals[0]!.i + 1);
  const inTime = sealed?.cosigned.filter(({ timeSeconds }) => timeSeconds * 1_000 <= byMs) ?? [];
  return inTime.length === 0 || !hasQuorum({ ...sealed!, cosigned: inTime }, policy);
}

function witnessNotes(judged: Judged): VerifyNote[] {
  const { state, policy } = judged;
  if (isLate(judged)) return [note('late-witness')];
  const isPinned = policy !== null && policy.witnesses.length > 0;
  return state.witnessed && !isPinned ? [note('witness-not-pinned')] : [];
}

/** Officers' keys are pinned as `log <township origin>/officer+…`: such a line vouches for a person's key. */
function approvalNotes({ state, policy }: Judged): VerifyNote[] {
  if (state.openedAt === null) return [];
  const isOpen = state.seals.some((seal) => !state.approvals.some(({ list }) => list === seal.list));
  const pinned = (policy?.logs ?? []).filter(({ name }) => name.endsWith('/officer'));
  const isPinned = (key: string) => pinned.some(({ publicKey }) => toBase64(publicKey) === key);
  const unknown = state.approvals.some(({ key }) => !isPinned(key));
  return [...(isOpen ? [note('not-approved')] : []), ...(unknown ? [note('officer-not-pinned')] : [])];
}
