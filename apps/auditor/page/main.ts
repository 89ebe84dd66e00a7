import { answerQuestions } from './judge.js';
import { openPage } from './page.js';

// One script for both: the page starts its worker from its own text.
if (typeof document === 'undefined') answerQuestions();
else openPage(document.currentScript?.textContent ?? '');
