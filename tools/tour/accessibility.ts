import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Rules of WCAG 2.2 AA, and the checker's own good practice. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

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

/** Runs the accessibility checker over the page as it stands; mail of others in a sandboxed frame is left out. */
export async function checkAccessibility(page: Page): Promise<Checked> {
  const found = await new AxeBuilder({ page }).withTags(rules).exclude('iframe[sandbox]').analyze();
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
