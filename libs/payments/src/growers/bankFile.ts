import { type GrowerAccount } from '@qingpai/wire';
import { stringify } from 'csv-stringify/sync';
import { yuanText } from '../rules/sheet.js';

interface BankLine {
  payout: string;
  village: string;
  amountFen: number;
  account: GrowerAccount;
}

/** What a bank's bulk transfer takes: UTF-8 with BOM, cells that would run as formulas defused, numbers as text. */
export function bankFile(lines: readonly BankLine[], { title }: { title: string }): string {
  const table = [
    ['序号', '收款人户名', '收款账号', '开户行', '金额(元)', '用途', '备注'],
    ...lines.map(({ payout, village, amountFen, account }, k) => [
      ...[k + 1, account.payee, `${account.number}\t`, account.bank, yuanText(amountFen)],
      ...['货款', `${title} ${village} ${payout}`],
    ]),
  ];
  return stringify(table, { bom: true, escape_formulas: true, record_delimiter: 'windows' });
}
