/** An expression taken apart: what the rules ask about. */
import { asWritten, withoutMacros } from './macros.ts';
import {
  all,
  argumentsOf,
  childOf,
  labelsListed,
  type Node,
  parse,
  stringOf,
  syntaxFaults,
  unwrapped,
} from './parse.ts';
import { catalogued, functionName, isScalar, type Labels, type LabelsOf, yieldsOf } from './yields.ts';

/** One metric in an expression. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
  /** The window behind it, as written. */
  readonly window: string | undefined;
  /** The function right around it. */
  readonly inside: string | undefined;
}

/** An expression. */
export interface Expression {
  /** Without macros: as Prometheus gets it. */
  readonly text: string;
  readonly root: Node;
  readonly faults: readonly string[];
  readonly selectors: readonly Selector[];
  readonly yields: Labels;
  /** Every list of labels in `by`, `without` and `on`, with what there was to choose from. */
  readonly groupings: readonly { readonly labels: readonly string[]; readonly from: Labels }[];
}

/** An expression with macros and variables in it; `labelsOf` knows the series it reads. */
export function expressionOf(
  expr: string,
  values: ReadonlyMap<string, string> = new Map(),
  labelsOf: LabelsOf = catalogued,
): Expression {
  const text = withoutMacros(expr, values);
  const root = parse(text);
  return {
    text,
    root: root.children[0] ?? root,
    faults: syntaxFaults(root),
    selectors: selectorsIn(root, undefined, undefined),
    yields: yieldsOf(root, labelsOf),
    groupings: all(root, ({ name }) => name === 'AggregateExpr').flatMap((node) => {
      const modifier = childOf(node, 'AggregateModifier');
      const inner = argumentsOf(node).at(-1);
      return modifier && inner ? [{ labels: labelsListed(modifier), from: yieldsOf(inner, labelsOf) }] : [];
    }),
  };
}

/** The calls of a function. */
export function callsOf(root: Node, name: string): Node[] {
  return all(root, (node) => node.name === 'FunctionCall' && functionName(node) === name);
}

/** The names of functions, aggregations and operators. */
export function operationsIn(root: Node): string[] {
  return all(root, () => true).flatMap((node) => {
    if (node.name === 'FunctionCall') return [functionName(node)];
    if (node.name === 'AggregateExpr') return childOf(node, 'AggregateOp')?.text ?? [];
    return node.name === 'BinaryExpr' ? (node.children[1]?.text ?? []) : [];
  });
}

/** What is divided by, without its parentheses, where that is no plain number. */
export function divisorsIn(root: Node): Node[] {
  return all(root, (node) => node.name === 'BinaryExpr' && childOf(node, 'Div') !== undefined)
    .map((node) => unwrapped(node.children.at(-1) ?? node))
    .filter((divisor) => !isScalar(divisor));
}

/** Whether an expression has values above 0 only. */
export function isAboveZero(node: Node): boolean {
  return node.name === 'BinaryExpr' && childOf(node, 'Gtr') !== undefined && node.children.at(-1)?.text === '0';
}

function selectorsIn(node: Node, window: string | undefined, inside: string | undefined): Selector[] {
  switch (node.name) {
    case 'VectorSelector':
      return [{ metric: metricOf(node), matchers: matchersOf(node), window, inside }];
    case 'MatrixSelector': {
      const over = childOf(node, 'DurationExpr')?.text;
      return node.children.flatMap((child) => selectorsIn(child, over && asWritten(over), inside));
    }
    case 'FunctionCall': {
      const name = functionName(node);
      return node.children.flatMap((child) => selectorsIn(child, undefined, name));
    }
    case 'FunctionCallBody':
      return node.children.flatMap((child) => selectorsIn(child, window, inside));
    default:
      return node.children.flatMap((child) => selectorsIn(child, undefined, undefined));
  }
}

function metricOf(selector: Node): string {
  const named = matchersOf(selector).find(({ label }) => label === '__name__');
  return childOf(selector, 'Identifier')?.text ?? named?.value ?? '';
}

function matchersOf(selector: Node): Selector['matchers'] {
  return all(selector, ({ name }) => name.endsWith('LabelMatcher')).map(({ children: [label, operator, value] }) => ({
    label: label?.text ?? '',
    operator: operator?.text ?? '',
    value: stringOf(value),
  }));
}
