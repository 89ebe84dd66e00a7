import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class CodeAskDto extends createZodDto(wire.codeAsk) {}
export class CodeSentDto extends createZodDto(wire.codeSent) {}
export class CodeVerifyDto extends createZodDto(wire.codeVerify) {}
export class TokenExchangeDto extends createZodDto(wire.tokenExchange) {}
export class SignedInDto extends createZodDto(wire.signedIn) {}
export class MeDto extends createZodDto(wire.me) {}
export class RoleTableDto extends createZodDto(wire.roleTable) {}
export class LockedRecordsDto extends createZodDto(wire.lockedRecords) {}
export class WaitAskDto extends createZodDto(wire.waitAsk) {}
export class WaitingListDto extends createZodDto(wire.waitingList) {}
export class AdmitDto extends createZodDto(wire.admit) {}
export class SlipsAskDto extends createZodDto(wire.slipsAsk) {}
export class SlipsDto extends createZodDto(wire.slips) {}
export class ProblemDto extends createZodDto(wire.problem) {}
export class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
