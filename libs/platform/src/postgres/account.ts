import { readFileSync } from 'node:fs';

/** Who the server process runs as. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/**
 * Postgres refuses to run as root. A root user (a container, a small server) gets an account that is already
 * there; none is made. Null: this user is not root, and Postgres runs as he does.
 */
export function serverAccount(
  uid: number | undefined = process.getuid?.(),
  readPasswd: () => string = () => readFileSync('/etc/passwd', 'utf8'),
): Account | null {
  if (uid !== 0) return null;
  const accounts = readPasswd().split('\n').map(accountOf);
  const found = ['postgres', 'nobody'].flatMap((name) => accounts.find((one) => one.name === name) ?? []);
  if (!found[0]) {
    throw new Error('Postgres does not run as root, and /etc/passwd has neither "postgres" nor "nobody"');
  }
  return found[0];
}

/** passwd(5): name:password:uid:gid:comment:home:shell */
function accountOf(line: string): Account {
  const [name = '', , uid, gid] = line.split(':');
  return { name, uid: Number(uid), gid: Number(gid) };
}
