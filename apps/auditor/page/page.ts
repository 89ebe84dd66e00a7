import { button, h } from './dom.js';
import { kindOf, materialOf, type NamedFile } from './files.js';
import { askJudge, type Told } from './judge.js';
import { type Judged } from './judging.js';
import { reportOf } from './report.js';
import { type Language, words } from './words.js';

/** Opens the page: files go in, a verdict comes out. @param script the page's own script, for its worker */
export function openPage(script: string): void {
  let language: Language = 'zh';
  let files: NamedFile[] = [];
  let problems: string[] = [];
  let told: Told | null = null;
  let stop = () => {};
  const root = h('main', { class: 'page' });
  const picker = h('input', { type: 'file', multiple: '', hidden: '', id: 'files' });
  picker.addEventListener('change', () => void take([...(picker.files ?? [])]));
  document.body.append(picker, root);

  async function take(chosen: readonly File[]): Promise<void> {
    picker.value = '';
    const w = words[language];
    problems = [];
    for (const file of chosen) {
      const text = await textOf(file).catch(() => null);
      const kind = text === null ? null : kindOf(text);
      if (text === null) problems.push(w.unread(file.name));
      else if (kind === null) problems.push(w.unknownFile(file.name));
      else files = [...files.filter(({ name }) => name !== file.name), { name: file.name, kind, text }];
    }
    judge();
  }

  function judge(): void {
    stop();
    told = null;
    const material = materialOf(files);
    if (material.season || material.bundles.length > 0) {
      told = { told: 'progress', done: 0, of: 0 };
      stop = askJudge(material, script, (news) => {
        told = news;
        draw();
      });
    }
    draw();
  }

  const putAway = (file: NamedFile | null) => {
    files = file === null ? [] : files.filter((one) => one !== file);
    problems = [];
    judge();
  };

  function draw(): void {
    const w = words[language];
    document.documentElement.lang = w.lang;
    document.title = w.title;
    root.replaceChildren(
      h(
        'header',
        { class: 'top' },
        h('h1', null, w.title),
        button(w.other, () => ((language = language === 'zh' ? 'en' : 'zh'), draw()), { class: 'quiet' }),
      ),
      h('p', { class: 'lead' }, w.lead),
      h(
        'section',
        { class: `drop${files.length > 0 ? ' small-drop' : ''}` },
        h('p', { class: 'drop-words' }, w.drop),
        button(files.length > 0 ? w.more : w.choose, () => picker.click(), { class: 'go' }),
        h('p', { class: 'small help' }, w.help),
      ),
      ...problems.map((problem) => h('p', { class: 'card problem', role: 'alert' }, problem)),
      ...listOf(),
      ...verdictNow(),
    );
  }

  function listOf(): HTMLElement[] {
    if (files.length === 0) return [];
    const w = words[language];
    const row = (file: NamedFile) =>
      h(
        'li',
        null,
        h('span', { class: `kind ${file.kind}` }, w.kinds[file.kind]),
        h('span', { class: 'file' }, file.name),
        button('✕', () => putAway(file), { class: 'quiet', 'aria-label': w.remove(file.name) }),
      );
    return [h('ul', { class: 'files', 'aria-label': w.files }, ...files.map(row))];
  }

  function verdictNow(): HTMLElement[] {
    const w = words[language];
    if (told === null) return files.length > 0 ? [h('p', { class: 'card why' }, w.needBundle)] : [];
    if (told.told === 'failed')
      return [h('p', { class: 'card problem', role: 'alert' }, w.failed + told.error)];
    if (told.told === 'progress') {
      const { done, of } = told;
      const bar = h('progress', of > 0 ? { max: String(of), value: String(done) } : null);
      const said = of > 0 && done < of ? w.checking(done, of) : w.judging;
      return [h('section', { class: 'card busy' }, h('p', { role: 'status' }, said), bar)];
    }
    const { judged } = told;
    return [
      reportOf(judged, w, language),
      h(
        'p',
        { class: 'end' },
        button(w.save, () => save(judged), { class: 'quiet' }),
        button(w.clear, () => putAway(null), { class: 'quiet' }),
      ),
    ];
  }

  // The whole page takes a drop: nobody aims well with a folder open beside it.
  addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('over');
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) document.body.classList.remove('over');
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('over');
    void take([...(event.dataTransfer?.files ?? [])]);
  });
  draw();
}

/** The verdict for programs, as the command prints it with `--json`. */
function save({ verification }: Judged): void {
  const text = `${JSON.stringify(verification, null, 2)}\n`;
  const link = h('a', {
    href: URL.createObjectURL(new Blob([text])),
    download: `verdict-${verification.verdict}.json`,
  });
  link.click();
}

/** As the command reads it: nothing is dropped, not even a byte order mark. */
const textOf = async (file: File): Promise<string> =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(await file.arrayBuffer());
