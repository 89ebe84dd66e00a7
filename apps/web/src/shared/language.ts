import { ref, watch } from 'vue';

/** The reader's choices, kept on the device: Chinese first, large type on request. */
export type Language = 'zh' | 'en';

export function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // some in-app browsers forbid storage: the choice then lasts for the visit
  }
}
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // see above
  }
}

export const language = ref<Language>(kept('language') === 'en' ? 'en' : 'zh');
export const elder = ref(kept('elder') === 'yes');

export function toggleLanguage(): void {
  language.value = language.value === 'zh' ? 'en' : 'zh';
}

/** Call once per page: marks the document and remembers every later choice. */
export function applyPreferences(): void {
  watch(
    [language, elder],
    () => {
      document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
      document.documentElement.classList.toggle('elder', elder.value);
      keep('language', language.value);
      keep('elder', elder.value ? 'yes' : 'no');
    },
    { immediate: true },
  );
}
