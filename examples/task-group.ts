import { taskGroup } from 'cancelscope';

try {
  await taskGroup('profile', async (group) => {
    const orders = group.spawn('orders', (scope) => scope.race(new Promise(() => {})));
    orders.scope?.onCancel((cause) => console.log('orders:', cause.reason, `(${cause.message})`));
    group.spawn('user', () => Promise.reject(new Error('no such user')));
  });
} catch (error) {
  console.log('group:', (error as Error).message);
}

/* prints:
orders: sibling (task "user" failed)
group: no such user
*/
