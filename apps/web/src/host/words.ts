import { computed } from 'vue';
import { language, type Language } from '../shared/language';
import { en } from './words.en';
import { zh } from './words.zh';

/** Every word of the host's page. Chinese is the source: English does not compile with a key missing. */
export type HostWords = typeof zh;
export type PasteWords = HostWords['paste'];

const words: Record<Language, HostWords> = { zh, en };
export const w = computed<HostWords>(() => words[language.value]);
