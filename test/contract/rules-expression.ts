/** PromQL of rules, parsed: which series it reads and how, and which labels its result has. */
import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';
import { METRICS, type MetricDefinition } from '../../src/instrumentation/index.ts';

/** One series an expression reads. */
export interface SelectorRead {
  readonly name: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
  /** The length of its range, if it has one. */
  readonly window: string | undefined;
  /** What it stands in, from the inside: names of functions, `sum`, `>`, … */
  readonly within: readonly string[];
}

/** What a recorded series' labels are. */
export type LabelsOfRecorded = ReadonlyMap<string, readonly string[]>;

/** What every series carries: no metric of the table says so. */
const TARGET_LABELS = ['job', 'instance'];

/** Every series name Prometheus stores, with its labels. */
export const SERIES_LABELS = new Map<string, readonly string[]>([['up', TARGET_LABELS]]);
for (const { prometheusName, type, labels } of Object.values<MetricDefinition>(METRICS)) {
  const own = [...TARGET_LABELS, ...labels];
  if (type !== 'histogram') SERIES_LABELS.set(prometheusName, own);
  else for (const part of ['_sum', '_count']) SERIES_LABELS.set(prometheusName + part, own);
  if (type === 'histogram') SERIES_LABELS.set(`${prometheusName}_bucket`, [...own, 'le']);
}

/** One expression. */
export class Expression {
  readonly text: string;
  readonly #top: SyntaxNode;

  constructor(text: string) {
    this.text = text;
    this.#top = parser.parse(text).topNode;
  }

  /** Whether it parses. */
  get isValid(): boolean {
    return !this.#nodes().some(({ type }) => type.isError);
  }

  /** Everything it reads. */
  get selectors(): SelectorRead[] {
    return this.#nodes('VectorSelector').map((node) => ({
      name: this.#text(node.getChild('Identifier')),
      matchers: this.#matchersOf(node),
      window: this.#windowOf(node.parent),
      within: this.#ancestorsOf(node),
    }));
  }

  /** Every window and offset it names. */
  get windows(): string[] {
    return this.#nodes('MatrixSelector').flatMap((node) => this.#windowOf(node) ?? []);
  }

  /** Names of functions, aggregations and operators in it. */
  get operations(): string[] {
    const named = ['FunctionIdentifier', 'AggregateOp'].flatMap((name) =>
      this.#nodes(name).map((node) => this.#text(node)),
    );
    return [...named, ...this.#nodes('BinaryExpr').map((node) => this.#operatorOf(node))];
  }

  /** What it divides by. */
  get denominators(): string[] {
    return this.#nodes('BinaryExpr')
      .filter((node) => this.#operatorOf(node) === '/')
      .map((node) => this.#text(node.lastChild));
  }

  /** The labels of its result, as far as the table knows them. */
  labels(recorded: LabelsOfRecorded): string[] {
    return [...new Set(this.#labelsOf(this.#top.firstChild, recorded))];
  }

  #labelsOf(node: SyntaxNode | null, recorded: LabelsOfRecorded): readonly string[] {
    if (node === null) return [];
    switch (node.name) {
      case 'VectorSelector': {
        const name = this.#text(node.getChild('Identifier'));
        return recorded.get(name) ?? SERIES_LABELS.get(name) ?? [];
      }
      case 'AggregateExpr': {
        const inner = this.#labelsOf(node.getChild('FunctionCallBody'), recorded);
        const modifier = node.getChild('AggregateModifier');
        const named = this.#labelNames(modifier?.getChild('GroupingLabels'));
        if (modifier?.getChild('Without')) return inner.filter((label) => !named.includes(label));
        return inner.filter((label) => named.includes(label));
      }
      case 'FunctionCall': {
        const name = this.#text(node.getChild('FunctionIdentifier'));
        const body = node.getChild('FunctionCallBody');
        if (name === 'absent') {
          const read = this.#nodes('VectorSelector').find(({ from }) => from >= node.from);
          return read === undefined ? [] : this.#matchersOf(read).flatMap((m) => (m.operator === '=' ? m.label : []));
        }
        const inner = this.#labelsOf(body?.lastChild ?? null, recorded);
        return name === 'histogram_quantile' ? inner.filter((label) => label !== 'le') : inner;
      }
      case 'BinaryExpr': {
        const left = this.#labelsOf(node.firstChild, recorded);
        const right = this.#labelsOf(node.lastChild, recorded);
        if (this.#operatorOf(node) === 'or') return [...left, ...right];
        return node.firstChild?.name === 'NumberDurationLiteral' ? right : left;
      }
      case 'NumberDurationLiteral':
        return [];
      default: // parentheses, ranges, offsets, the body of a call: what is in it
        return this.#labelsOf(node.firstChild, recorded);
    }
  }

  #matchersOf(node: SyntaxNode): SelectorRead['matchers'] {
    const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
    return matchers.map((matcher) => ({
      label: this.#text(matcher.getChild('LabelName')),
      operator: this.#text(matcher.getChild('MatchOp')),
      value: this.#text(matcher.getChild('StringLiteral')).slice(1, -1),
    }));
  }

  #windowOf(node: SyntaxNode | null | undefined): string | undefined {
    if (node?.name !== 'MatrixSelector') return undefined;
    return this.#text(node.lastChild).replaceAll(/[[\]]/g, '') || undefined;
  }

  #ancestorsOf(node: SyntaxNode): string[] {
    const found: string[] = [];
    for (let at = node.parent; at !== null; at = at.parent) {
      if (at.name === 'FunctionCall') found.push(this.#text(at.getChild('FunctionIdentifier')));
      if (at.name === 'AggregateExpr') found.push(this.#text(at.getChild('AggregateOp')));
      if (at.name === 'BinaryExpr') found.push(this.#operatorOf(at));
    }
    return found;
  }

  #operatorOf(node: SyntaxNode): string {
    return this.#text(node.firstChild?.nextSibling ?? null);
  }

  #labelNames(node: SyntaxNode | null | undefined): string[] {
    return node?.getChildren('LabelName').map((name) => this.#text(name)) ?? [];
  }

  #nodes(name?: string): SyntaxNode[] {
    const found: SyntaxNode[] = [];
    const cursor = this.#top.cursor();
    do if (name === undefined || cursor.name === name) found.push(cursor.node);
    while (cursor.next());
    return found;
  }

  #text(node: SyntaxNode | null): string {
    return node === null ? '' : this.text.slice(node.from, node.to);
  }
}
