import { Members1795500100000 } from './1795500100000-members.js';
import { MemberKeys1795500110000 } from './1795500110000-member-keys.js';
import { BiddingLifts1795500170000 } from './1795500170000-bidding-lifts.js';

export const membersMigrations = [Members1795500100000, MemberKeys1795500110000, BiddingLifts1795500170000];
