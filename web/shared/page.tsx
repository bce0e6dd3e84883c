import type { ComponentChildren } from 'preact';
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { LocationProvider, useLocation } from 'preact-iso';
import type { Role } from '../../functions/shared/access/identity.ts';
import { switchLanguage, useLanguage, useSharedText } from './language.ts';
import { goToSignIn, signOut, useMe } from './session.ts';

export interface NavigationItem {
  readonly href: string;
  readonly label: string;
}

/** Starts an audience's pages in the document. Links to other audiences load their own document. */
export function startPages(app: ComponentChildren): void {
  const place = document.getElementById('page');
  if (place === null) throw new Error('the document has no place for the page');
  const audience = location.pathname.split('/')[1] ?? '';
  const scope = audience === '' ? /^\/?(\?|#|$)/ : new RegExp(`^/${audience}(/|\\?|#|$)`);
  render(<LocationProvider scope={scope}>{app}</LocationProvider>, place);
}

/** An address without the slash at its end, as the router gives it. */
const plain = (path: string): string => path.replace(/\/+$/, '') || '/';

/** Everything around the content of every page: skip link, header, language, navigation, footer. */
export function Shell(props: {
  service: string;
  navigation?: readonly NavigationItem[];
  children: ComponentChildren;
}) {
  const t = useSharedText();
  const language = useLanguage();
  const me = useMe();
  const { path, url } = useLocation();
  const other = language === 'en' ? 'cy' : 'en';
  return (
    <>
      <a href="#main-content" class="govuk-skip-link">
        {t('skip-to-content')}
      </a>
      <header class="psqm-header">
        <div class="psqm-header__bar govuk-width-container">
          <a href="/" class="psqm-header__name">
            {t('programme-name')}
          </a>
          <span class="psqm-header__service">{props.service}</span>
          <div class="psqm-header__tools">
            <button type="button" class="psqm-link-button" lang={other} onClick={() => switchLanguage(other)}>
              {other === 'cy' ? 'Cymraeg' : 'English'}
            </button>
            {me?.identity ? (
              <>
                <span>{me.identity.name}</span>
                <button type="button" class="psqm-link-button" onClick={() => void signOut()}>
                  {t('sign-out')}
                </button>
              </>
            ) : me === undefined ? null : (
              <a
                href={
                  path === '/' || path === '/sign-in'
                    ? '/sign-in/'
                    : `/sign-in/?to=${encodeURIComponent(url)}`
                }
              >
                {t('sign-in')}
              </a>
            )}
          </div>
        </div>
      </header>
      {props.navigation !== undefined && props.navigation.length > 1 && (
        <nav class="psqm-navigation" aria-label={props.service}>
          <ul class="govuk-width-container psqm-navigation__list">
            {props.navigation.map((item) => (
              <li key={item.href}>
                <a href={item.href} aria-current={path === plain(item.href) ? 'page' : undefined}>
                  {item.label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <div class="govuk-width-container">
        <main class="govuk-main-wrapper" id="main-content" tabIndex={-1}>
          {props.children}
        </main>
      </div>
      <footer class="govuk-footer psqm-footer">
        <div class="govuk-width-container">
          <p class="govuk-body-s">{t('footer')}</p>
          {language === 'cy' && <p class="govuk-body-s">{t('welsh-draft')}</p>}
        </div>
      </footer>
    </>
  );
}

/** Where the focus was last led; undefined until the document's first page is shown, which leaves it at the top. */
let shownPath: string | undefined;

/** The page's one first heading: names the document and takes the focus after a move within the pages. */
export function Heading(props: { children: string; caption?: string | undefined }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { path } = useLocation();
  const t = useSharedText();
  useEffect(() => {
    document.title = `${props.children} - ${t('programme-name')}`;
  });
  // The focus moves with the address alone
  useEffect(() => {
    if (shownPath !== undefined && shownPath !== path) heading.current?.focus();
    shownPath = path;
  }, [path]);
  return (
    <>
      {props.caption !== undefined && <span class="govuk-caption-l">{props.caption}</span>}
      <h1 class="govuk-heading-l" ref={heading} tabIndex={-1}>
        {props.children}
      </h1>
    </>
  );
}

/** Shows its children to people with one of `roles`; others are led to sign in or told that the page is not theirs. */
export function ForRoles(props: { roles: readonly Role[]; children: ComponentChildren }) {
  const me = useMe();
  const t = useSharedText();
  useEffect(() => {
    if (me !== undefined && me.identity === null) goToSignIn();
  }, [me]);
  if (me === undefined || me.identity === null) return <p class="govuk-body">{t('loading')}</p>;
  const { identity } = me;
  if (!props.roles.some((role) => identity.roles.includes(role))) {
    return (
      <>
        <Heading>{t('not-yours.title')}</Heading>
        <p class="govuk-body">{t('not-yours.text', { email: identity.email })}</p>
        <p class="govuk-body">
          <a class="govuk-link" href="/">
            {t('not-yours.back')}
          </a>
        </p>
      </>
    );
  }
  return <>{props.children}</>;
}
