import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Rules of WCAG 2.2 AA; for pages the checker's own good practice too, which asks emails for the parts of a page. */
const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const rules = { page: [...wcag, 'best-practice'], email: wcag };

export interface Violation {
  readonly rule: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: string; readonly html: string; readonly why: string }[];
}

export interface Checked {
  readonly violations: readonly Violation[];
  /** Rules that hold. */
  readonly passed: number;
  /** Rules that the checker could not decide and leaves to people. */
  readonly undecided: readonly string[];
}

/** Runs the accessibility checker over what is shown; mail of others in a sandboxed frame is left out. */
export async function checkAccessibility(page: Page, what: keyof typeof rules): Promise<Checked> {
  const found = await new AxeBuilder({ page }).withTags(rules[what]).exclude('iframe[sandbox]').analyze();
  return {
    violations: found.violations.map((violation) => ({
      rule: violation.id,
      impact: violation.impact ?? 'unknown',
      help: violation.help,
      nodes: violation.nodes.map((node) => ({
        target: node.target.join(' '),
        html: node.html.slice(0, 300),
        why: node.failureSummary ?? '',
      })),
    })),
    passed: found.passes.length,
    undecided: found.incomplete.map((rule) => rule.id),
  };
}
