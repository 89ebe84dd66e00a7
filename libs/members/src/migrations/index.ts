import { Members1795500100000 } from './1795500100000-members.js';
import { MemberKeys1795500110000 } from './1795500110000-member-keys.js';

export const membersMigrations = [Members1795500100000, MemberKeys1795500110000];
