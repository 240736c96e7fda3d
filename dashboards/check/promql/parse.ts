/** PromQL as a tree, by the grammar Prometheus' own editor uses. */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** A node of an expression, with the text it stands for. */
export interface Node {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Node[];
}

/** The root of an expression. */
export function parse(expr: string): Node {
  return nodeOf(parser.parse(expr).topNode, expr);
}

/** What a parser cannot make sense of; empty when it can. */
export function syntaxFaults(root: Node): string[] {
  return all(root, (node) => node.name === '⚠').map(({ text }) => `cannot be parsed at "${text.slice(0, 40)}"`);
}

/** Every node that is meant, from the outside in. */
export function all(node: Node, isMeant: (node: Node) => boolean): Node[] {
  return [...(isMeant(node) ? [node] : []), ...node.children.flatMap((child) => all(child, isMeant))];
}

/** The first child of one of these names. */
export function childOf(node: Node, ...names: readonly string[]): Node | undefined {
  return node.children.find(({ name }) => names.includes(name));
}

/** The labels in `by (…)`, `without (…)` or `on (…)`. */
export function labelsListed(node: Node): string[] {
  return childOf(node, 'GroupingLabels')?.children.map(({ text }) => text) ?? [];
}

/** The arguments of a function or an aggregation. */
export function argumentsOf(node: Node): readonly Node[] {
  return childOf(node, 'FunctionCallBody')?.children ?? [];
}

/** What is inside parentheses. */
export function unwrapped(node: Node): Node {
  const [inner] = node.children;
  return node.name === 'ParenExpr' && inner !== undefined ? unwrapped(inner) : node;
}

/** The text of a string, without its quotes. */
export function stringOf(node: Node | undefined): string {
  return node?.text.slice(1, -1) ?? '';
}

function nodeOf(node: SyntaxNode, expr: string): Node {
  const children: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(nodeOf(child, expr));
  return { name: node.name, text: expr.slice(node.from, node.to), children };
}
