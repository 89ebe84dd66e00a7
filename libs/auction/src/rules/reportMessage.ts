import { canonicalBytes, concat, utf8 } from '@qingpai/ledger/rules';
import { type DayReport } from '@qingpai/wire';

export interface ReportSaid {
  /** Code of the township. */
  township: string;
  day: string;
  version: number;
  words: string;
  figures: DayReport;
}

/** The bytes under an officer's signature of a day's report: a line that says what they are, and canonical JSON (RFC 8785). */
export const reportMessage = ({ township, day, version, words, figures }: ReportSaid): Uint8Array =>
  concat(utf8('qingpai/report/v1\n'), canonicalBytes({ township, day, version, words, figures }));
