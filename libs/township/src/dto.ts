import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class TownshipFilterDto extends createZodDto(wire.townshipFilter) {}
export class TownshipTotalsDto extends createZodDto(wire.townshipTotals) {}
export class TownshipShowsDto extends createZodDto(wire.townshipShows) {}
export class TownshipLotsDto extends createZodDto(wire.townshipLots) {}
export class LotHistoryDto extends createZodDto(wire.lotHistory) {}
export class LotParamDto extends createZodDto(z.object({ show: wire.showId, lot: wire.lotId })) {}
export class InvariantRunDto extends createZodDto(wire.invariantRun) {}
export class LastInvariantRunDto extends createZodDto(wire.lastInvariantRun) {}

export class ShowBooksDto extends createZodDto(wire.showBooks) {}

export class DailyReportDto extends createZodDto(wire.dailyReport) {}
export class ReportDayDto extends createZodDto(z.object({ day: wire.reportDay.optional() })) {}
export class ReportToSignDto extends createZodDto(wire.reportToSign) {}
export class MissingReportsDto extends createZodDto(wire.missingReports) {}
export class NewIssueDto extends createZodDto(wire.newIssue) {}
export class IssueOutcomeDto extends createZodDto(wire.issueOutcome) {}
export class IssueParamDto extends createZodDto(z.object({ issue: z.coerce.number().int().positive() })) {}
