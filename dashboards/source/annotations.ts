/** Annotations: what happened to a service, drawn over every graph. */
import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { perSecond, type Query, quantile } from './query.ts';
import { DATASOURCE } from './variables.ts';

/** More tokens than this reached by one cancel are a storm. */
const STORM = 100;
/** The distance of what is asked for; two marks closer than this are one. */
const STEP = '30s';

/** Shutdowns and storms. */
export function annotations(): AnnotationQueryBuilder[] {
  const shutdown = perSecond('requests', {
    by: ['instance'],
    where: { reason: ['shutdown', 'signal'], result: 'accepted' },
  });
  const widest = quantile(1, 'propagationWidth', { by: ['reason'] });
  return [
    mark('Shutdowns', 'purple', above(shutdown, 0), 'Shutdown', 'cancelled by a shutdown or a signal', 'instance'),
    mark('Storms', 'orange', above(widest, STORM), 'Storm', `one cancel reached more than ${STORM} tokens`, 'reason'),
  ];
}

function above({ expr }: Query, limit: number): string {
  return `${expr} > ${limit}`;
}

function mark(
  name: string,
  color: string,
  expr: string,
  title: string,
  text: string,
  label: string,
): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .enable(true)
    .iconColor(color)
    .datasource(DATASOURCE)
    .expr(expr)
    .step(STEP)
    .titleFormat(title)
    .textFormat(`{{${label}}}: ${text}`)
    .tagKeys(label);
}
