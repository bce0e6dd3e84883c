import { peopleTexts } from '../functions/people/texts.ts';
import { language as anyLanguage } from '../functions/shared/access/identity.ts';

/**
 * The email with a sign-in code, in both languages at once: Cognito sends it and does not know the person's language.
 * `{####}` is where Cognito puts the code; it stands once, between the languages.
 */
export function signInEmail(): { readonly subject: string; readonly message: string } {
  const inAll = (key: string): string =>
    anyLanguage.options
      .map((language) => `<p lang="${language}">${peopleTexts.text(language, `code-email.${key}`)}</p>`)
      .join('');
  const subject = anyLanguage.options
    .map((language) => peopleTexts.text(language, 'code-email.subject'))
    .join(' / ');
  const body = `${inAll('before')}<p><strong>{####}</strong></p>${inAll('after')}`;
  return {
    subject,
    // A whole document: readers' software reads its language and its name out.
    message: `<!doctype html><html lang="${anyLanguage.options[0]}"><head><meta charset="utf-8"><title>${subject}</title></head><body>${body}</body></html>`,
  };
}
