/** Does something short, and has nothing left to do. */
console.log('done');
