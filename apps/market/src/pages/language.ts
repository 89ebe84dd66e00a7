export type Language = 'zh' | 'en';

/** The reader's language: `?lang=`, else what the browser prefers of the two; Chinese first. */
export function languageOf(query: unknown, acceptLanguage: string | undefined): Language {
  const asked = (query as { lang?: unknown } | null | undefined)?.lang;
  if (asked === 'zh' || asked === 'en') return asked;
  return preferred(acceptLanguage ?? '');
}

/** RFC 9110 §12.5.4; equal weights keep their order. */
function preferred(acceptLanguage: string): Language {
  const ranked = acceptLanguage
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
      const q = parameters
        .map((each) => /^\s*q=([\d.]+)$/.exec(each)?.[1])
        .find((each) => each !== undefined);
      return { language: tag.slice(0, 2), weight: q === undefined ? 1 : Number(q) };
    })
    .filter(({ language, weight }) => (language === 'zh' || language === 'en') && weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return ranked[0]?.language === 'en' ? 'en' : 'zh';
}
