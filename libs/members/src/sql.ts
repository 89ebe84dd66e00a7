import { type EntityManager } from 'typeorm';

/** The rows of a statement. TypeORM answers UPDATE and DELETE with a pair of rows and count, the rest with rows. */
export async function rowsOf<Row>(
  manager: Pick<EntityManager, 'query'>,
  sql: string,
  parameters: unknown[],
): Promise<Row[]> {
  const answer: unknown[] = await manager.query(sql, parameters);
  return (Array.isArray(answer[0]) && typeof answer[1] === 'number' ? answer[0] : answer) as Row[];
}
