/** 13800000001 → 138****0001: what screens and logs show of a phone number. */
export function maskPhone(phone: string): string {
  return `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}
