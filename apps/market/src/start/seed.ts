import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MembersService } from '@qingpai/members';
import { type Log } from '@qingpai/platform';
import { type Config } from '../config.js';
import { type WelcomePaths } from './welcome.js';

/**
 * The township and its people, there from the first start on, with fresh one-use links each time; and one show with
 * the Siqiao catalogue, so that a newcomer finds a room and not an empty house.
 */
export async function peopleAndShow(
  app: NestFastifyApplication,
  config: Config,
  _log: Log,
): Promise<WelcomePaths> {
  const { people } = await app.get(MembersService).ensureSeed({
    township: config.township,
    people: [
      { role: 'host', ...config.people.host, goTo: '/host' },
      { role: 'officer', ...config.people.officer, goTo: '/township' },
      { role: 'moderator', ...config.people.moderator, goTo: '/host' },
    ],
  });
  const pathOf = (role: string) => {
    const person = people.find((one) => one.role === role);
    if (!person) throw new Error(`bug: no ${role} was seeded`);
    return person.link.path;
  };
  return {
    township: config.township.name,
    room: null,
    host: pathOf('host'),
    officer: pathOf('officer'),
    moderator: pathOf('moderator'),
  };
}
