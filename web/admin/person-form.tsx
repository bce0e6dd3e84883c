import { useState } from 'preact/hooks';
import { adminProgrammeContract } from '../../functions/http/admin/contract.ts';
import { levels } from '../../functions/programme/model.ts';
import { language, type Role, roles, schoolRoles } from '../../functions/shared/access/identity.ts';
import { call, useApi } from '../shared/api.ts';
import { Button, Choices, ErrorSummary, Form, Select, TextInput, useSubmission } from '../shared/forms.tsx';
import { useAudience } from './audience.ts';
import { useText } from './texts.ts';

/** Roles that are given here; those at a school come with its registration. */
const given: readonly Role[] = roles.filter((one) => !schoolRoles.some((ofSchool) => ofSchool === one));
const isReader = (one: Role): boolean => one === 'assessor' || one === 'moderator';

interface PersonAnswers {
  readonly name: string;
  readonly email: string;
  readonly language: string;
  readonly hubId: string;
  readonly funderId: string;
  readonly employer: string;
  readonly levels: readonly string[];
  readonly languages: readonly string[];
  readonly capacity: string;
  readonly isNew: boolean;
}
const empty: PersonAnswers = {
  name: '',
  email: '',
  language: 'en',
  hubId: '',
  funderId: '',
  employer: '',
  levels: [...levels],
  languages: ['en'],
  capacity: '',
  isNew: false,
};

/** Adds a person with one role; a known address gains the role. What is asked follows from the role. */
export function PersonForm(props: { done: (name: string) => Promise<void> }) {
  const t = useText();
  const [chosen, setChosen] = useState<Role>('hub_leader');
  const [answers, setAnswers] = useState<PersonAnswers>(empty);
  const submission = useSubmission();
  const set = (change: Partial<PersonAnswers>): void => setAnswers({ ...answers, ...change });
  const save = () =>
    submission.run(async () => {
      const { capacity } = answers;
      await call(adminProgrammeContract.createPerson, {
        body: {
          name: answers.name,
          email: answers.email,
          language: language.safeParse(answers.language).data,
          role: chosen,
          hubIds: chosen === 'hub_leader' && answers.hubId !== '' ? [answers.hubId] : [],
          funderIds: chosen === 'funder' && answers.funderId !== '' ? [answers.funderId] : [],
          ...(isReader(chosen)
            ? {
                assessor: {
                  employer: answers.employer,
                  hubIds: answers.hubId === '' ? [] : [answers.hubId],
                  levels: levels.filter((one) => answers.levels.includes(one)),
                  languages: language.options.filter((one) => answers.languages.includes(one)),
                  capacity: capacity.trim() === '' ? null : Number(capacity),
                  isNew: answers.isNew,
                },
              }
            : {}),
        },
      });
      const { name } = answers;
      setAnswers(empty);
      await props.done(name);
    });
  const { errors } = submission;
  return (
    <Form onSubmit={() => void save()} label={t('people.add')}>
      <h2 class="govuk-heading-m">{t('people.add')}</h2>
      <ErrorSummary errors={errors} general={submission.general} />
      <Select
        name="role"
        label={t('people.role')}
        value={chosen}
        onChange={(value) => setChosen(given.find((one) => one === value) ?? chosen)}
        options={given.map((value) => ({ value, label: t(`role.${value}`) }))}
        error={errors.role}
      />
      <TextInput
        name="name"
        label={t('people.name')}
        autoComplete="off"
        value={answers.name}
        onInput={(name) => set({ name })}
        error={errors.name}
      />
      <TextInput
        name="email"
        label={t('people.email')}
        hint={t('people.email-hint')}
        type="email"
        value={answers.email}
        onInput={(email) => set({ email })}
        error={errors.email}
      />
      <Choices
        inline
        name="language"
        label={t('people.language')}
        options={language.options.map((value) => ({ value, label: t(`language.${value}`) }))}
        value={[answers.language]}
        onChange={([value]) => set({ language: value ?? 'en' })}
        error={errors.language}
      />
      {(chosen === 'hub_leader' || isReader(chosen)) && (
        <HubSelect
          role={chosen}
          value={answers.hubId}
          onChange={(hubId) => set({ hubId })}
          error={errors.hubIds}
        />
      )}
      {chosen === 'funder' && (
        <FunderSelect
          value={answers.funderId}
          onChange={(funderId) => set({ funderId })}
          error={errors.funderIds}
        />
      )}
      {isReader(chosen) && (
        <>
          <TextInput
            name="assessor.employer"
            label={t('people.employer')}
            hint={t('people.employer-hint')}
            value={answers.employer}
            onInput={(employer) => set({ employer })}
            error={errors['assessor.employer']}
          />
          <Choices
            multiple
            inline
            name="assessor.levels"
            label={t('people.levels')}
            options={levels.map((value) => ({ value, label: t(`level.${value}`) }))}
            value={answers.levels}
            onChange={(chosenLevels) => set({ levels: chosenLevels })}
            error={errors['assessor.levels']}
          />
          <Choices
            multiple
            inline
            name="assessor.languages"
            label={t('people.reading-languages')}
            options={language.options.map((value) => ({ value, label: t(`language.${value}`) }))}
            value={answers.languages}
            onChange={(languages) => set({ languages })}
            error={errors['assessor.languages']}
          />
          <TextInput
            name="assessor.capacity"
            label={t('people.capacity')}
            hint={t('people.capacity-hint')}
            inputMode="numeric"
            width={4}
            value={answers.capacity}
            onInput={(capacity) => set({ capacity })}
            error={errors['assessor.capacity']}
          />
          <Choices
            inline
            name="assessor.isNew"
            label={t('people.new')}
            hint={t('people.new-hint')}
            options={[
              { value: 'yes', label: t('yes') },
              { value: 'no', label: t('no') },
            ]}
            value={[answers.isNew ? 'yes' : 'no']}
            onChange={([value]) => set({ isNew: value === 'yes' })}
          />
        </>
      )}
      <Button type="submit" disabled={submission.busy}>
        {t('people.add')}
      </Button>
    </Form>
  );
}

interface SelectProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
}

function HubSelect(props: SelectProps & { role: Role }) {
  const t = useText();
  const { reads } = useAudience();
  const hubs = useApi(reads.listHubs, {});
  const leads = props.role === 'hub_leader';
  return (
    <Select
      name="hubIds"
      label={t(leads ? 'people.hub-led' : 'people.hub-of-reader')}
      hint={t(leads ? 'people.hub-led-hint' : 'people.hub-of-reader-hint')}
      value={props.value}
      onChange={props.onChange}
      error={props.error}
      options={[
        { value: '', label: t(leads ? 'people.choose-hub' : 'people.no-hub') },
        ...(hubs.data?.hubs ?? []).map(({ hubId, name }) => ({ value: hubId, label: name })),
      ]}
    />
  );
}

function FunderSelect(props: SelectProps) {
  const t = useText();
  const { reads } = useAudience();
  const funders = useApi(reads.listFunders);
  return (
    <Select
      name="funderIds"
      label={t('people.funder')}
      value={props.value}
      onChange={props.onChange}
      error={props.error}
      options={[
        { value: '', label: t('people.choose-funder') },
        ...(funders.data?.funders ?? []).map(({ funderId, name }) => ({ value: funderId, label: name })),
      ]}
    />
  );
}
