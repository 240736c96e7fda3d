/**
 * Work that keeps the event loop busy. Deadlines of everybody else fire late meanwhile: `cancellation_deadline_lag_seconds`.
 */
import { type Route, sendJson } from '../route.ts';

/** `GET /thumbnails/{id}?busy=40` */
export const thumbnails: Route = {
  method: 'GET',
  path: '/thumbnails/{id}',
  async handle({ response, params, number }) {
    const until = performance.now() + number('busy', 40);
    let pixels = 0;
    while (performance.now() < until) pixels++;
    sendJson(response, { id: params['id'], pixels });
  },
};
