import {
  type Courier,
  type Parcel,
  trackingNumber,
  type TrackingReport,
  type TrackingRow,
} from '@qingpai/wire';
import { isBlank } from '../catalogue/header.js';
import { plainDigits } from '../catalogue/yuan.js';

/** As people write them; whatever is not here is `other`. */
export const courierNames: Record<Courier, string> = {
  sf: '顺丰',
  jd: '京东',
  ems: 'EMS',
  zto: '中通',
  yto: '圆通',
  sto: '申通',
  yunda: '韵达',
  jt: '极兔',
  deppon: '德邦',
  other: '其他',
};
/** Columns of the sheet that goes out and comes back. */
export const sheetColumns = [
  '号牌',
  '收件人',
  '电话',
  '地址',
  '物品',
  '份数',
  '快递公司',
  '快递单号',
] as const;
const needed = ['号牌', '快递公司', '快递单号'] as const;

type Problem = TrackingRow['problems'][number];
/** A row that can be shipped. */
export interface TrackedParcel {
  row: TrackingRow;
  bidder: string;
  courier: Courier;
  tracking: string;
}
export type ReadTracking = Omit<TrackingReport, 'encoding' | 'accepted' | 'refused'> & {
  tracked: TrackedParcel[];
};

/** Says of each row whose parcel it ships, or what is wrong in which column. Rows without a number are left out. */
export function readTracking(cells: readonly string[][], parcels: readonly Parcel[]): ReadTracking {
  const at = cells.findIndex((row) => needed.some((name) => row.map(plainDigits).includes(name)));
  const names = (cells[at] ?? []).map(plainDigits);
  const missingColumns = needed.filter((name) => !names.includes(name));
  if (missingColumns.length > 0) return { rows: [], missingColumns: [...missingColumns], tracked: [] };
  const cell = (row: readonly string[], name: (typeof needed)[number]) => row[names.indexOf(name)] ?? '';
  const [rows, tracked]: [TrackingRow[], TrackedParcel[]] = [[], []];
  const seen = new Map<string, number>();
  for (const [k, row] of cells.entries()) {
    if (k <= at || isBlank(row) || cell(row, '快递单号').trim() === '') continue;
    const paddle = /^\d{1,5}号?$/.test(plainDigits(cell(row, '号牌')))
      ? parseInt(plainDigits(cell(row, '号牌')), 10)
      : null;
    const parcel = parcels.find((one) => one.paddle === paddle);
    const number = trackingNumber.safeParse(cell(row, '快递单号'));
    const problems = problemsOf(parcel, number.success ? number.data : null, seen);
    if (number.success && parcel && problems.length === 0) seen.set(number.data, parcel.paddle);
    const read: TrackingRow = {
      ...{ row: k + 1, paddle, accepted: problems.length === 0, problems },
      tracking: number.success ? number.data : null,
    };
    rows.push(read);
    if (parcel && number.success && read.accepted) {
      const courier = courierOf(cell(row, '快递公司'));
      tracked.push({ row: read, bidder: parcel.bidder, courier, tracking: number.data });
    }
  }
  return { rows, missingColumns: [], tracked };
}

function problemsOf(
  parcel: Parcel | undefined,
  tracking: string | null,
  seen: ReadonlyMap<string, number>,
): Problem[] {
  const problems: Problem[] = [];
  if (!parcel) problems.push(inColumn('号牌', '本场没有这个号牌的成交', 'has bought nothing in this show'));
  else if (!['paid', 'packed'].includes(parcel.step)) problems.push(notToShip(parcel));
  if (tracking === null) {
    problems.push(inColumn('快递单号', '要 6 到 32 位字母或数字', 'must be 6 to 32 letters or digits'));
  } else if (seen.has(tracking) && seen.get(tracking) !== parcel?.paddle) {
    problems.push(inColumn('快递单号', '和另一位买家的重复', "is also another buyer's"));
  }
  return problems;
}

const notToShip = ({ step }: Parcel): Problem =>
  step === 'unpaid'
    ? inColumn('号牌', '还没有付款，不能发货', 'has not paid: nothing is shipped')
    : inColumn('号牌', '已经发货了', 'was shipped already');

const inColumn = (column: string, zh: string, en: string): Problem => ({ column, zh, en });

/** `中通快递` is 中通. */
export function courierOf(text: string): Courier {
  const plain = plainDigits(text).toUpperCase();
  const found = Object.entries(courierNames).find(
    ([code, name]) => plain.includes(name) || plain === code.toUpperCase(),
  );
  return (found?.[0] as Courier | undefined) ?? 'other';
}
