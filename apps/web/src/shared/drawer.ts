/**
 * What the phone keeps for itself: a few drawers of one IndexedDB, each a map from text to a value that can be cloned
 * (keys of WebCrypto too). Where the browser has none, as in some private windows, they last as long as the page.
 */
export interface Drawer<T> {
  get(key: string): Promise<T | undefined>;
  put(key: string, value: T): Promise<void>;
  /** Puts it in unless something stands there; answers what stands there. One step, so that two tabs agree. */
  putFirst(key: string, value: T): Promise<T>;
  /** Everything whose key begins so, in the order of the keys. */
  under(prefix: string): Promise<T[]>;
  remove(key: string): Promise<void>;
}

const DATABASE = 'qingpai';
const names = ['keys', 'shows', 'receipts', 'evidence'] as const;
export type DrawerName = (typeof names)[number];

export function drawer<T>(name: DrawerName): Drawer<T> {
  const asked = <R>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => () => R): Promise<R> =>
    run(name, mode, ask);
  const inMemory = memoryDrawer<T>();
  const either = async <R>(lasting: () => Promise<R>, fleeting: () => Promise<R>): Promise<R> =>
    (await open()) ? lasting() : fleeting();
  return {
    get: (key) =>
      either(
        () => asked('readonly', (store) => resultOf<T | undefined>(store.get(key))),
        () => inMemory.get(key),
      ),
    put: (key, value) =>
      either(
        () =>
          asked('readwrite', (store) => {
            store.put(value, key);
            return () => undefined;
          }),
        () => inMemory.put(key, value),
      ),
    putFirst: (key, value) =>
      either(
        () =>
          asked('readwrite', (store) => {
            const standing = store.get(key) as IDBRequest<T | undefined>;
            standing.onsuccess = () => {
              if (standing.result === undefined) store.put(value, key);
            };
            return () => standing.result ?? value;
          }),
        () => inMemory.putFirst(key, value),
      ),
    under: (prefix) =>
      either(
        () =>
          asked('readonly', (store) =>
            resultOf<T[]>(store.getAll(IDBKeyRange.bound(prefix, `${prefix}\uffff`))),
          ),
        () => inMemory.under(prefix),
      ),
    remove: (key) =>
      either(
        () =>
          asked('readwrite', (store) => {
            store.delete(key);
            return () => undefined;
          }),
        () => inMemory.remove(key),
      ),
  };
}

export function memoryDrawer<T>(): Drawer<T> {
  const kept = new Map<string, T>();
  return {
    get: (key) => Promise.resolve(kept.get(key)),
    put: (key, value) => Promise.resolve(void kept.set(key, value)),
    putFirst(key, value) {
      if (!kept.has(key)) kept.set(key, value);
      return Promise.resolve(kept.get(key) as T);
    },
    under: (prefix) =>
      Promise.resolve(
        [...kept.keys()]
          .filter((key) => key.startsWith(prefix))
          .sort()
          .map((key) => kept.get(key) as T),
      ),
    remove: (key) => Promise.resolve(void kept.delete(key)),
  };
}

// ---- the database

const resultOf =
  <R>(request: IDBRequest): (() => R) =>
  () =>
    request.result as R;

let opening: Promise<IDBDatabase | null> | undefined;
const open = (): Promise<IDBDatabase | null> => (opening ??= openDatabase());

/** Null: this browser keeps nothing. */
function openDatabase(): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        for (const name of names) request.result.createObjectStore(name);
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
      request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

/** `ask` makes its requests and tells how to read what came of them; answered when all of it is on the disk. */
async function run<R>(
  name: DrawerName,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => () => R,
): Promise<R> {
  const database = await open();
  if (!database) throw new Error('bug: no database is open');
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode);
    const read = ask(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(read());
    transaction.onerror = transaction.onabort = () =>
      reject(transaction.error ?? new Error('the browser kept nothing'));
  });
}
