import { ref } from 'vue';

/** Which show is open. It stands in the address, so that a reload comes back to it; null: the list of shows. */
function read(): string | null {
  const id = new URLSearchParams(location.search).get('show');
  return id !== null && /^\d{8}-\d{2,4}$/.test(id) ? id : null;
}
export const openShow = ref(read());

export function visit(showId: string | null): void {
  history.pushState(null, '', showId === null ? '/host' : `/host?show=${showId}`);
  openShow.value = showId;
}

addEventListener('popstate', () => (openShow.value = read()));
