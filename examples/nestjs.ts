import { get } from 'node:http';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { interval, type Observable } from 'rxjs';
import { currentScope, registerMonitor } from 'cancelscope';
import { Cancellation, CancellationInterceptor } from 'cancelscope/nestjs';

registerMonitor({
  scopeSettled: (scope, { outcome, cause }) => console.log(scope.name, outcome, cause?.root.reason ?? 'by itself'),
});

class Orders {
  async report(): Promise<unknown> {
    return currentScope()?.race(new Promise(() => {}));
  }

  feed(): Observable<number> {
    client.destroy(); // the client goes away, and nobody listens to this any more
    return interval(10);
  }
}

// `@Get('report') @Cancellation({ timeoutMs: 50 })`, where decorators can be written
const method = (name: keyof Orders): PropertyDescriptor =>
  Object.getOwnPropertyDescriptor(Orders.prototype, name) ?? {};
Get('report/:year')(Orders.prototype, 'report', method('report'));
Cancellation({ timeoutMs: 50 })(Orders.prototype, 'report', method('report'));
Get('feed')(Orders.prototype, 'feed', method('feed'));
Controller('orders')(Orders);

// oxlint-disable-next-line typescript/no-extraneous-class -- Nest's modules are classes
class AppModule {}
Module({ controllers: [Orders] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
app.useGlobalInterceptors(new CancellationInterceptor({ timeoutMs: 10_000 }));
await app.listen(0, '127.0.0.1');
const origin = await app.getUrl();
console.log((await fetch(`${origin}/orders/report/2026`)).status);
const client = get(`${origin}/orders/feed`).on('error', () => {});
await new Promise((resolve) => client.once('close', resolve));
await app.close();

/* prints:
get:/orders/report/{year} cancelled timeout
504
get:/orders/feed cancelled disconnect
*/
