import { useEffect, useRef } from 'preact/hooks';

/** Heading of a part that a button elsewhere on the page has opened: it takes the focus when it appears. */
export function FocusedHeading(props: { children: string; takesFocus: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (props.takesFocus) heading.current?.focus();
  }, [props.takesFocus]);
  return (
    <h2 class="govuk-heading-m" ref={heading} tabIndex={-1}>
      {props.children}
    </h2>
  );
}
