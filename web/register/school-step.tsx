import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type * as z from 'zod';
import { type foundSchool, publicContract } from '../../functions/http/public/contract.ts';
import { ApiError, call } from '../shared/api.ts';
import { TextInput, useSubmission } from '../shared/forms.tsx';
import { formatDay } from '../shared/show.tsx';
import { StepPage } from './step-page.tsx';
import { prefill } from './steps.ts';
import { answer, useAnswers } from './store.ts';
import { useText } from './texts.ts';

type FoundSchool = z.output<typeof foundSchool>;
/** A pause in the typing, after which the register is asked. */
const PAUSE_MS = 250;
/** More than this nobody reads on a phone. */
const LIMIT = 20;

interface Found {
  readonly schools: readonly FoundSchool[];
  readonly search: string;
  readonly failed?: string;
}

/** Results as they come; an answer that was overtaken by a later search is dropped. */
function useSearch(search: string): Found | undefined {
  const [found, setFound] = useState<Found | undefined>(undefined);
  const latest = useRef(0);
  useEffect(() => {
    latest.current += 1;
    const mine = latest.current;
    if (search.trim().length < 2) {
      setFound(undefined);
      return undefined;
    }
    const timer = setTimeout(async () => {
      try {
        const { schools } = await call(publicContract.searchSchools, { query: { q: search, limit: LIMIT } });
        if (mine === latest.current) setFound({ schools, search });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (mine === latest.current) setFound({ schools: [], search, failed: error.message });
      }
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [search]);
  return found;
}

/** Finds the school in the register while its name, town, postcode or number is typed, or goes on by hand. */
export function SchoolStep() {
  const t = useText();
  const { get } = useAnswers();
  const { route } = useLocation();
  const found = useSearch(get('search'));
  const choosing = useSubmission();
  const [stopped, setStopped] = useState<string | undefined>(undefined);
  const choose = (school: FoundSchool) =>
    choosing.run(async () => {
      setStopped(undefined);
      const details = await call(publicContract.getSchool, { params: { urn: school.urn } });
      if (!details.open) {
        setStopped(t('school.closed-text', { name: details.name, on: formatDay(details.closeDate) }));
        return;
      }
      if (details.registeredThisRound) {
        setStopped(t('school.registered-text', { name: details.name }));
        return;
      }
      // The same school chosen again keeps what was answered about it.
      if (get('school.urn') !== details.urn) answer(prefill(details));
      answer({
        'register.phase': details.phase,
        'register.awards': details.currentAwards
          .map((award) =>
            t('level.holds', { level: t(`levels.${award.level}`), until: formatDay(award.expiresOn) }),
          )
          .join(' '),
      });
      route('/register/address');
    });
  const against = stopped ?? choosing.general;
  const byHand = (): void => {
    if (get('school.kind') !== 'BY_HAND')
      answer({
        'school.kind': 'BY_HAND',
        'school.urn': '',
        'school.name': '',
        'address.town': '',
        'address.postcode': '',
        'register.awards': '',
      });
    route('/register/address');
  };
  return (
    <StepPage
      step="school"
      hideContinue={get('school.kind') === ''}
      also={against === undefined ? {} : { search: against }}
    >
      {(errors) => (
        <>
          {get('school.name') !== '' && (
            <p class="govuk-inset-text">{t('school.chosen', { name: get('school.name') })}</p>
          )}
          <TextInput
            name="search"
            type="search"
            label={t('school.search')}
            hint={t('school.search-hint')}
            value={get('search')}
            onInput={(value) => answer({ search: value })}
            error={against ?? errors.search ?? errors['school.urn'] ?? errors.school ?? found?.failed}
          />
          <div aria-live="polite">
            {found !== undefined && found.failed === undefined && (
              <p class="govuk-body-s">
                {found.schools.length === 0
                  ? t('school.none-found')
                  : found.schools.length === 1
                    ? t('school.found-one')
                    : t(found.schools.length < LIMIT ? 'school.found' : 'school.found-first', {
                        count: found.schools.length,
                      })}
              </p>
            )}
          </div>
          {found !== undefined && found.schools.length > 0 && (
            <ul class="psqm-results" aria-label={t('school.results')}>
              {found.schools.map((school) => (
                <li key={school.urn}>
                  <button
                    type="button"
                    class="psqm-results__choice"
                    disabled={choosing.busy}
                    onClick={() => void choose(school)}
                  >
                    <span class="psqm-results__name">{school.name}</span>
                    <span>
                      {[school.town, school.postcode, `URN ${school.urn}`]
                        .filter((part) => part !== '')
                        .join(', ')}
                    </span>
                    {!school.open && <strong>{t('school.closed')}</strong>}
                  </button>
                </li>
              ))}
            </ul>
          )}
          <p class="govuk-body">
            <button type="button" class="psqm-link-button" onClick={byHand}>
              {t('school.by-hand')}
            </button>
          </p>
        </>
      )}
    </StepPage>
  );
}
