import { membersEntities, membersMigrations } from '@qingpai/members';
import { type EntityClass, type MigrationClass } from '@qingpai/platform';

/** Everything the database holds, lib by lib; migrations run in the order of their timestamps. */
export const marketEntities: EntityClass[] = [...membersEntities];
export const marketMigrations: MigrationClass[] = [...membersMigrations];
