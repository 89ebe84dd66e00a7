import { z } from 'zod';
import { newUuid } from './uuid';

test('a UUID made on plain http is one, and never the same', () => {
  const made = Array.from({ length: 1_000 }, newUuid);
  expect(made.filter((one) => !z.uuidv4().safeParse(one).success)).toEqual([]);
  expect(new Set(made).size).toBe(1_000);
});
