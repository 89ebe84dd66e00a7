/** A copy of what is JSON: a page's proxies can neither be cloned into a drawer nor sent to a worker. */
export const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
