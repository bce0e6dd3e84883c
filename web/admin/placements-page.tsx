import { useState } from 'preact/hooks';
import { adminCourseContract } from '../../functions/http/admin/contract.ts';
import type { RouteResponse } from '../../functions/shared/http/contract.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, ErrorSummary, Form, fieldId, Select, useSubmission } from '../shared/forms.tsx';
import { Heading } from '../shared/page.tsx';
import { formatInstant, Loading, Notice, SummaryList } from '../shared/show.tsx';
import { type Audience, useAudience } from './audience.ts';
import { rankForPlacement } from './rank-for-placement.ts';
import { useText } from './texts.ts';

type Placement = RouteResponse<Audience['reads']['listPlacements']>['placements'][number];
type Hub = RouteResponse<Audience['reads']['listHubs']>['hubs'][number];

/** Schools for which no hub was found: each with the hubs that have room, the likeliest first. */
export function PlacementsPage() {
  const t = useText();
  const { reads } = useAudience();
  const placements = useApi(reads.listPlacements);
  const [told, setTold] = useState<string | undefined>(undefined);
  const done = async (message: string): Promise<void> => {
    await placements.reload();
    setTold(message);
  };
  return (
    <>
      {told !== undefined && (
        <Notice key={told} success>
          {told}
        </Notice>
      )}
      <Heading>{t('placements.title')}</Heading>
      <p class="govuk-body">{t('placements.lead')}</p>
      <Loading of={placements}>
        {(data) =>
          data.placements.length === 0 ? (
            <p class="govuk-body">{t('placements.none')}</p>
          ) : (
            data.placements.map((one) => (
              <PlacementPart key={one.registrationId} placement={one} done={done} />
            ))
          )
        }
      </Loading>
    </>
  );
}

interface PartProps {
  readonly placement: Placement;
  readonly done: (message: string) => Promise<void>;
}

function PlacementPart({ placement, done }: PartProps) {
  const t = useText();
  const { base, mayAct, reads } = useAudience();
  const hubs = useApi(reads.listHubs, { query: { roundId: placement.roundId } });
  const wish = hubs.data?.hubs.find(({ hubId }) => hubId === placement.hubPreference);
  return (
    <section class="psqm-result" aria-label={placement.schoolName}>
      <h2 class="govuk-heading-m">
        <a class="govuk-link" href={`${base}/schools/${placement.registrationId}`}>
          {placement.schoolName}
        </a>
      </h2>
      {placement.givenUp && <p class="govuk-body">{t('placements.given-up')}</p>}
      <SummaryList
        rows={[
          { key: t('placements.by'), value: formatInstant(placement.due) },
          { key: t('placements.place'), value: `${placement.town} ${placement.postcode}` },
          { key: t('placements.language'), value: t(`language.${placement.language}`) },
          {
            key: t('placements.wish'),
            value: wish?.name ?? placement.hubPreference ?? t('placements.no-wish'),
          },
        ]}
      />
      <Loading of={hubs}>
        {(data) => {
          const able = rankForPlacement(data.hubs, placement);
          if (able.length === 0) return <p class="govuk-body">{t('placements.no-hub')}</p>;
          return mayAct ? <PlaceForm placement={placement} hubs={able} done={done} /> : null;
        }}
      </Loading>
    </section>
  );
}

function PlaceForm({ placement, hubs, done }: PartProps & { hubs: readonly Hub[] }) {
  const t = useText();
  const [hubId, setHubId] = useState(hubs[0]?.hubId ?? '');
  const submission = useSubmission();
  const field = `${placement.registrationId}.hubId`;
  const place = () =>
    submission.run(async () => {
      await call(adminCourseContract.placeRegistration, {
        params: { registrationId: placement.registrationId },
        body: { hubId },
      });
      const hub = hubs.find((one) => one.hubId === hubId)?.name ?? hubId;
      await done(t('placements.placed', { school: placement.schoolName, hub }));
    });
  return (
    <Form onSubmit={() => void place()} label={t('placements.choose-for', { school: placement.schoolName })}>
      <ErrorSummary
        errors={submission.errors}
        general={submission.general}
        hrefOf={() => `#${fieldId(field)}`}
      />
      <Select
        name={field}
        label={t('placements.hub')}
        hint={t('placements.hub-hint')}
        value={hubId}
        onChange={setHubId}
        error={submission.errors.hubId}
        options={hubs.map((hub) => ({
          value: hub.hubId,
          label: t('placements.option', {
            hub: hub.name,
            region: hub.region,
            left: hub.room - hub.placed,
            languages: hub.languages.map((one) => t(`language.${one}`)).join(', '),
          }),
        }))}
      />
      <Button type="submit" disabled={submission.busy}>
        {t('placements.button', { school: placement.schoolName })}
      </Button>
    </Form>
  );
}
