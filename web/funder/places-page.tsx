import { funderContract } from '../../functions/http/funder/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { useApi } from '../shared/api.ts';
import { Button } from '../shared/forms.tsx';
import { useLanguage } from '../shared/language.ts';
import { Heading } from '../shared/page.tsx';
import { saveFile } from '../shared/save-file.ts';
import { Loading, SummaryList, Table } from '../shared/show.tsx';
import { csvOf } from './csv.ts';
import { useText } from './texts.ts';

type Funder = RouteResponse<typeof funderContract.getPlaces>['funders'][number];
type Round = Funder['rounds'][number];
type School = Round['covered'][number];

/** Places agreed, taken and left in each round, and the schools that have them. */
export function PlacesPage() {
  const t = useText();
  const places = useApi(funderContract.getPlaces);
  return (
    <>
      <Heading>{t('title')}</Heading>
      <Loading of={places}>
        {(data) =>
          data.funders.length === 0 ? (
            <p class="govuk-body">{t('nobody')}</p>
          ) : (
            data.funders.map((funder) => <FunderPart key={funder.funderId} funder={funder} />)
          )
        }
      </Loading>
      <p class="govuk-body">{t('privacy')}</p>
    </>
  );
}

function FunderPart({ funder }: { funder: Funder }) {
  const t = useText();
  return (
    <section aria-label={funder.name}>
      <h2 class="govuk-heading-m">{funder.name}</h2>
      {funder.rounds.length === 0 && <p class="govuk-body">{t('no-rounds')}</p>}
      {funder.rounds.map((round) => (
        <RoundPart key={round.roundId} round={round} />
      ))}
    </section>
  );
}

function RoundPart({ round }: { round: Round }) {
  const t = useText();
  const language = useLanguage();
  const label = round.roundLabel[language];
  const left = Math.max(0, round.places - round.used);
  const save = (): void =>
    saveFile(
      `${round.roundId}.csv`,
      csvOf(
        [t('school'), t('town'), t('urn'), t('authority'), t('pupils'), t('reference'), t('status')],
        round.covered.map((school) => [
          school.schoolName,
          school.town,
          school.urn ?? '',
          school.localAuthority,
          String(school.pupilsOnRoll),
          school.reference,
          t(`registration-status.${school.status}`),
        ]),
      ),
      'text/csv',
    );
  return (
    <section aria-label={label}>
      <h3 class="govuk-heading-s">{label}</h3>
      <SummaryList
        rows={[
          { key: t('places'), value: String(round.places) },
          { key: t('taken'), value: String(round.used) },
          { key: t('left'), value: <strong>{left}</strong> },
        ]}
      />
      {round.waiting.length > 0 && (
        <>
          <p class="govuk-inset-text">{t('waiting-hint')}</p>
          <Schools caption={t('waiting')} schools={round.waiting} />
        </>
      )}
      <Schools caption={t('covered')} schools={round.covered} empty={t('nobody-covered')} />
      {round.covered.length > 0 && (
        <Button secondary onClick={save}>
          {t('save')}
        </Button>
      )}
    </section>
  );
}

function Schools(props: { caption: string; schools: readonly School[]; empty?: string }) {
  const t = useText();
  return (
    <Table
      caption={props.caption}
      head={[t('school'), t('authority'), t('pupils'), t('status')]}
      numeric={[2]}
      {...(props.empty === undefined ? {} : { empty: props.empty })}
      rows={props.schools.map((school) => [
        <>
          {school.schoolName}
          <br />
          <span class="psqm-when">
            {school.town}, {school.reference}
          </span>
        </>,
        school.localAuthority,
        String(school.pupilsOnRoll),
        t(`registration-status.${school.status}`),
      ])}
    />
  );
}
