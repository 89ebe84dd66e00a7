import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type INestApplicationContext } from '@nestjs/common';
import { Imports, Shows } from '@qingpai/auction';
import { MembersService, type SessionMember } from '@qingpai/members';
import { type Log } from '@qingpai/platform';
import { type Role } from '@qingpai/wire';
import { type Config } from '../config.js';
import { projectFolder } from './projectFolder.js';
import { type WelcomePaths } from './welcome.js';

type Host = Pick<SessionMember, 'memberId' | 'townshipId'>;
const catalogueFile = join(projectFolder(), 'apps/market/seed/siqiao-show.csv');

/**
 * The township and its people, there from the first start on, with fresh one-use links each time; and one show with
 * the Siqiao catalogue, so that a newcomer finds a room and not an empty house.
 */
export async function peopleAndShow(
  app: INestApplicationContext,
  config: Config,
  log: Log,
): Promise<WelcomePaths> {
  const { townshipId, people } = await app.get(MembersService).ensureSeed({
    township: config.township,
    people: [
      { role: 'host', ...config.people.host, goTo: '/host' },
      { role: 'officer', ...config.people.officer, goTo: '/township' },
      { role: 'moderator', ...config.people.moderator, goTo: '/host' },
    ],
  });
  const personOf = (role: Role) => {
    const person = people.find((one) => one.role === role);
    if (!person) throw new Error(`bug: no ${role} was seeded`);
    return person;
  };
  const host = { memberId: personOf('host').memberId, townshipId };
  const showId =
    (await showToWelcome(app, host)) ?? (config.seedShow ? await siqiaoShow(app, host, log) : null);
  return {
    township: config.township.name,
    room: showId === null ? null : `/r/${showId}`,
    host: personOf('host').link.path,
    officer: personOf('officer').link.path,
    moderator: personOf('moderator').link.path,
  };
}

/** The newest show that is not over yet, else the newest; null: there is none. */
async function showToWelcome(app: INestApplicationContext, host: Host): Promise<string | null> {
  const shows = await app.get(Shows, { strict: false }).list(host);
  const isOver = ({ phase }: { phase: string }) => phase === 'closed' || phase === 'settled';
  return (shows.find((show) => !isOver(show)) ?? shows[0])?.showId ?? null;
}

/** By the same services the host's page uses; the catalogue is left open for the host to seal. */
async function siqiaoShow(app: INestApplicationContext, host: Host, log: Log): Promise<string> {
  const showId = await app.get(Shows, { strict: false }).create(host, { title: '泗桥鲜花助农专场' });
  const imports = app.get(Imports, { strict: false });
  const { importId } = await imports.preview(showId, readFileSync(catalogueFile));
  if (importId === null) throw new Error('bug: the catalogue that came with us has a row to mend');
  const { lots, units } = await imports.confirm(showId, importId);
  log.info({ showId, lots, units }, '已建示例专场 / made a show with the Siqiao catalogue');
  return showId;
}
