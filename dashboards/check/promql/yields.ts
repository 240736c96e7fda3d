/**
 * The labels an expression's series have.
 *
 * Y1. What is not known of a series is `undefined`, and stays so through everything but a `by`.
 */
import { CATALOGUE } from '../catalogue.ts';
import { all, argumentsOf, childOf, labelsListed, type Node, stringOf } from './parse.ts';

/** Labels; `undefined`: not known (Y1). */
export type Labels = readonly string[] | undefined;

/** The labels of a series, by its name. */
export type LabelsOf = (name: string) => Labels;

/** Those of the catalogue. */
export function catalogued(name: string): Labels {
  return CATALOGUE.get(name)?.labels;
}

const NONE: Labels = [];
const WITHOUT_LABELS = new Set(['vector', 'scalar', 'time', 'pi']);
const ABSENT = new Set(['absent', 'absent_over_time']);
const KEEPING = new Set(['topk', 'bottomk', 'limitk']);

/** The labels of the series a node gives. */
export function yieldsOf(node: Node, labelsOf: LabelsOf = catalogued): Labels {
  switch (node.name) {
    case 'VectorSelector':
      return labelsOf(childOf(node, 'Identifier')?.text ?? '');
    case 'AggregateExpr':
      return aggregated(node, labelsOf);
    case 'FunctionCall':
      return called(node, labelsOf);
    case 'BinaryExpr':
      return combined(node, labelsOf);
    case 'NumberDurationLiteral':
    case 'StringLiteral':
      return NONE;
    default: {
      const inner = node.children.find((child) => !/Op$|Offset|Duration/.test(child.name)) ?? node.children[0];
      return inner === undefined ? NONE : yieldsOf(inner, labelsOf);
    }
  }
}

/** Whether a node is one number, without labels. */
export function isScalar(node: Node): boolean {
  if (node.name === 'NumberDurationLiteral') return true;
  if (node.name === 'FunctionCall') return ['scalar', 'time', 'pi'].includes(functionName(node));
  if (node.name === 'BinaryExpr') return isScalar(first(node)) && isScalar(last(node));
  return ['ParenExpr', 'UnaryExpr'].includes(node.name) && isScalar(last(node));
}

/** The name of the function a node calls. */
export function functionName(call: Node): string {
  return childOf(call, 'FunctionIdentifier')?.text ?? '';
}

function aggregated(node: Node, labelsOf: LabelsOf): Labels {
  const inner = argumentsOf(node).at(-1);
  const modifier = childOf(node, 'AggregateModifier');
  const kept = inner === undefined ? NONE : yieldsOf(inner, labelsOf);
  if (KEEPING.has(childOf(node, 'AggregateOp')?.text ?? '')) return kept;
  if (modifier === undefined) return NONE;
  const listed = labelsListed(modifier);
  return childOf(modifier, 'By') === undefined ? kept?.filter((label) => !listed.includes(label)) : listed;
}

function called(node: Node, labelsOf: LabelsOf): Labels {
  const name = functionName(node);
  const [one, two] = argumentsOf(node);
  if (WITHOUT_LABELS.has(name) || one === undefined) return NONE;
  if (ABSENT.has(name)) return labelsGiven(one);
  if (name === 'histogram_quantile') return two && yieldsOf(two, labelsOf)?.filter((label) => label !== 'le');
  if (name === 'label_join' || name === 'label_replace') return union(yieldsOf(one, labelsOf), [stringOf(two)]);
  const vector = argumentsOf(node).find((argument) => !isScalar(argument) && argument.name !== 'StringLiteral');
  return vector === undefined ? NONE : yieldsOf(vector, labelsOf);
}

/** What is absent has the labels it was asked for by. */
function labelsGiven(node: Node): Labels {
  const matchers = all(node, ({ name }) => name.endsWith('LabelMatcher'));
  return matchers.flatMap(({ children: [label, operator] }) => (operator?.text === '=' && label ? [label.text] : []));
}

function combined(node: Node, labelsOf: LabelsOf): Labels {
  const left = first(node);
  const right = last(node);
  if (isScalar(left)) return yieldsOf(right, labelsOf);
  const kept = yieldsOf(left, labelsOf);
  if (childOf(node, 'Or') === undefined) return kept;
  return union(kept, yieldsOf(right, labelsOf));
}

function union(left: Labels, right: Labels): Labels {
  return left === undefined || right === undefined ? undefined : [...new Set([...left, ...right])];
}

function first(node: Node): Node {
  return node.children[0] ?? node;
}

function last(node: Node): Node {
  return node.children.at(-1) ?? node;
}
