import type { View } from './browser.ts';

/** What people of the sample schools write, in the language in which they work. */
const words = {
  en: {
    reason: 'The URN is that of the school',
    reflection:
      'Every class now begins from the questions of its children. The photographs in the portfolio show it.',
    comments: 'Well evidenced.',
    strengths: 'Children explain their own enquiries well.',
    nextSteps: 'Share what works with other classes.',
    feedback:
      'Your portfolio shows science across the whole school. As a next step, widen the links with parents.',
    notes: 'The evidence agrees with the reflections.',
  },
  cy: {
    reason: 'URN yr ysgol sydd ar y llinell',
    reflection:
      "Mae pob dosbarth bellach yn dechrau o gwestiynau ei blant. Mae'r ffotograffau yn y portffolio yn dangos hynny.",
    comments: 'Tystiolaeth dda.',
    strengths: "Mae'r plant yn esbonio eu hymholiadau eu hunain yn dda.",
    nextSteps: "Rhannu'r hyn sy'n gweithio gyda dosbarthiadau eraill.",
    feedback:
      'Mae eich portffolio yn dangos gwyddoniaeth ar draws yr ysgol gyfan. Fel cam nesaf, ehangwch y cysylltiadau â rhieni.',
    notes: "Mae'r dystiolaeth yn cyd-fynd â'r myfyrdodau.",
  },
} as const;

/** The words of whoever sits at a screen with this view. */
export const wordsFor = (view: View): (typeof words)['en' | 'cy'] => words[view.language];
